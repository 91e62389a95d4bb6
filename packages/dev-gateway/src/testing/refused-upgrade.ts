import type { IncomingMessage } from "node:http";
import { text } from "node:stream/consumers";

import { WebSocket } from "ws";
import type { ClientOptions } from "ws";

/** Tries to connect and returns the HTTP answer that refused it. */
export async function refusedUpgrade(
  url: string,
  options: ClientOptions = {},
): Promise<{
  readonly status: number | undefined;
  readonly headers: IncomingMessage["headers"];
  readonly body: string;
}> {
  const socket = new WebSocket(url, options);
  const response = await new Promise<IncomingMessage>((resolve, reject) => {
    socket.on("unexpected-response", (_request, answer) => resolve(answer));
    socket.on("open", () => reject(new Error("the upgrade was accepted")));
  });
  return { status: response.statusCode, headers: response.headers, body: await text(response) };
}
