import type { IncomingMessage } from "node:http";

const MAX_BYTES = 512;
/** A refusal is not worth waiting for the end of its text. */
const MAX_WAIT_MS = 250;

/**
 * The first bytes of the body of a refused upgrade, for the error message; empty for HTML, which helps nobody in a
 * terminal. Never takes longer than 250 ms and never fails.
 */
export function readExcerpt(answer: IncomingMessage): Promise<string> {
  if (answer.headers["content-type"]?.includes("html") === true) return Promise.resolve("");
  return new Promise((resolve) => {
    const chunks: Buffer[] = [];
    let length = 0;
    const finish = (): void => {
      clearTimeout(deadline);
      answer.pause();
      resolve(Buffer.concat(chunks).subarray(0, MAX_BYTES).toString("utf8").trim());
    };
    const deadline = setTimeout(finish, MAX_WAIT_MS);
    answer.on("data", (chunk: Buffer) => {
      chunks.push(chunk);
      length += chunk.length;
      if (length >= MAX_BYTES) finish();
    });
    answer.once("end", finish);
    answer.once("error", finish);
    answer.once("close", finish);
  });
}
