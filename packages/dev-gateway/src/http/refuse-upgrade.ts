import { STATUS_CODES } from "node:http";
import type { Duplex } from "node:stream";

import type { UpgradeAnswer } from "../listeners/upgrade-answer.ts";
import { headerLines } from "./header-lines.ts";

/** Answers an upgrade request with an ordinary HTTP response and ends its socket. */
export function refuseUpgrade(socket: Duplex, answer: UpgradeAnswer): void {
  const body = answer.body ?? "";
  const headers = {
    Connection: "close",
    "Content-Type": "text/plain; charset=utf-8",
    "Content-Length": Buffer.byteLength(body),
    ...answer.headers,
  };
  const reason = STATUS_CODES[answer.status] ?? "Refused";
  socket.once("finish", () => socket.destroy());
  socket.end([`HTTP/1.1 ${answer.status} ${reason}`, ...headerLines(headers), "", body].join("\r\n"));
}
