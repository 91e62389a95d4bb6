import { once } from "node:events";
import type { Server } from "node:net";

/** Binds a server and returns the port it got; rejects when the port is taken. */
export async function openPort(
  server: Server,
  address: { readonly host: string; readonly port: number },
): Promise<number> {
  server.listen(address.port, address.host);
  await once(server, "listening");
  const bound = server.address();
  // Only servers on a Unix socket have a string here.
  return typeof bound === "object" && bound !== null ? bound.port : address.port;
}
