import pretty from "pino-pretty";

import { escapeControls, escapeLines } from "./escape-controls.ts";

/** Turns JSON log lines into lines for a terminal, with nothing in them that the terminal would obey. */
export function prettyRendererOf(colorize: boolean): (line: string) => string {
  const render = pretty.prettyFactory({ colorize, translateTime: "SYS:HH:MM:ss.l", ignore: "pid,hostname" });
  return (line) => render(printable(JSON.parse(line)));
}

/** The value with every text in it made safe. Only a stack keeps its line breaks: it is made of lines. */
function printable(value: unknown, key = ""): unknown {
  if (typeof value === "string") return key === "stack" ? escapeLines(value) : escapeControls(value);
  if (Array.isArray(value)) return value.map((item) => printable(item));
  if (typeof value !== "object" || value === null) return value;
  return Object.fromEntries(Object.entries(value).map(([name, item]) => [escapeControls(name), printable(item, name)]));
}
