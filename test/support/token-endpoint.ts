import { once } from "node:events";
import { createServer, type RequestListener, type ServerResponse } from "node:http";
import { createServer as createTlsServer, type ServerOptions } from "node:https";

import { Mailbox } from "./mailbox.ts";
import { type Scope, untilTestEnds } from "./scope.ts";

export interface TokenEndpoint {
  readonly url: string;
  /** The parameters of every request so far. */
  readonly asked: readonly URLSearchParams[];
  /** Settles when so many requests have come in all. */
  untilAsked(count: number): Promise<void>;
}

interface Answer {
  /** Default 200. */
  readonly status?: number;
  readonly body: object;
}

/** A token endpoint that answers the `count`th request, 1 for the first, with what `answer` gives; with nothing when that is undefined. */
export async function startTokenEndpoint(
  answer: (count: number, parameters: URLSearchParams, path: string) => Answer | undefined,
  { scope = untilTestEnds, tls }: { readonly scope?: Scope; readonly tls?: ServerOptions } = {},
): Promise<TokenEndpoint> {
  const asked: URLSearchParams[] = [];
  const arrivals = new Mailbox<number>();
  const reply = (response: ServerResponse, parameters: URLSearchParams, path: string): void => {
    asked.push(parameters);
    arrivals.put(asked.length);
    const given = answer(asked.length, parameters, path);
    if (given === undefined) return;
    response.writeHead(given.status ?? 200, { "content-type": "application/json" });
    response.end(JSON.stringify(given.body));
  };
  const serve: RequestListener = (request, response) => {
    const chunks: Buffer[] = [];
    request.on("data", (chunk: Buffer) => chunks.push(chunk));
    request.on("end", () => reply(response, new URLSearchParams(Buffer.concat(chunks).toString()), request.url ?? ""));
  };
  const server = tls === undefined ? createServer(serve) : createTlsServer(tls, serve);
  server.listen(0, "127.0.0.1");
  await once(server, "listening");
  scope(() => {
    server.closeAllConnections();
    server.close();
  });
  const address = server.address();
  if (address === null || typeof address === "string") throw new Error("the server has no port");
  return {
    url: `${tls === undefined ? "http" : "https"}://127.0.0.1:${address.port}/token`,
    asked,
    async untilAsked(count) {
      if (asked.length < count) await arrivals.next((arrived) => arrived === count);
    },
  };
}
