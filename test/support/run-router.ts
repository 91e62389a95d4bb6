import { once } from "node:events";
import { createServer } from "node:net";

import { type RouterEnd, type RouterOptions, spawnRouter } from "./spawn-router.ts";

export interface RouterRun extends RouterEnd {
  readonly stdout: string;
  readonly stderr: string;
}

/** Runs the router to its end on an stdin that holds `input` and ends, as `echo … | mcp-router` does. */
export async function runRouter(options: RouterOptions, input: string | Buffer = ""): Promise<RouterRun> {
  const router = await spawnRouter(options);
  let stdout = "";
  router.child.stdout.setEncoding("utf8").on("data", (text: string) => (stdout += text));
  router.child.stdin.end(input);
  return { ...(await router.ended), stdout, stderr: router.stderr };
}

/** A port on which nobody listens, as an address of a gateway. */
export async function deadUrl(): Promise<string> {
  const server = createServer().listen(0, "127.0.0.1");
  await once(server, "listening");
  const address = server.address();
  server.close();
  await once(server, "close");
  if (address === null || typeof address === "string") throw new Error("the server has no port");
  return `ws://127.0.0.1:${address.port}/mcp`;
}
