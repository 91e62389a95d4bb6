import { onTestFinished } from "vitest";

import type { Frame } from "../frames/frame.ts";
import type { FaultProxyOptions } from "../proxy/fault-proxy-options.ts";
import type { FaultProxy } from "../proxy/fault-proxy.ts";
import { startFaultProxy } from "../proxy/start-fault-proxy.ts";
import { dial, type Peer, PeerServer } from "./peer.ts";

export interface ProxiedPair<F extends Frame> {
  readonly proxy: FaultProxy<F>;
  /** Opens a connection through the proxy and gives both ends of it. */
  open(): Promise<{ readonly client: Peer; readonly target: Peer }>;
}

/** A proxy in front of a server that collects connections. */
export async function startProxiedPair<F extends Frame = Frame>(
  options: Omit<FaultProxyOptions<F>, "target"> = {},
): Promise<ProxiedPair<F>> {
  const server = await PeerServer.listen();
  const proxy = await startFaultProxy<F>({ ...options, target: { host: "127.0.0.1", port: server.port } });
  onTestFinished(() => proxy.close());
  return {
    proxy,
    async open() {
      const client = dial(proxy.port);
      return { client, target: await server.accept() };
    },
  };
}
