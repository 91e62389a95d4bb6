import { afterEach } from "vitest";

import type { DevGateway } from "../dev-gateway.ts";
import type { GatewayOptions } from "../gateway-options.ts";
import { startGateway } from "../start-gateway.ts";

const started: DevGateway[] = [];

afterEach(async () => {
  await Promise.all(started.splice(0).map((gateway) => gateway.close()));
});

/** Starts a gateway that is closed after the test. */
export async function start(options: GatewayOptions): Promise<DevGateway> {
  const gateway = await startGateway(options);
  started.push(gateway);
  return gateway;
}
