/** How a connection ends, in the words of WebSocket. */
export interface Goodbye {
  readonly code: number;
  readonly reason: string;
}

const NORMAL = 1000;

/** The text of a close frame: the code, where it says more than "bye", and the reason. */
export function goodbyeText({ code, reason }: Goodbye): string {
  return code === NORMAL ? reason : `${code} ${reason}`.trim();
}

/** What a client means by the text of its close frame. */
export function readGoodbye(text: string): Goodbye {
  const [, code, reason = ""] = /^([1-4]\d{3})(?: (.*))?$/s.exec(text) ?? [];
  return code === undefined ? { code: NORMAL, reason: text } : { code: Number(code), reason };
}
