import { constants } from "node:os";

import type { DevGateway } from "../dev-gateway.ts";

const STOP_SIGNALS = ["SIGINT", "SIGTERM", "SIGHUP"] as const;

/** Waits for a signal to stop and closes the gateway. A second signal does not wait for anybody. */
export async function untilSignal(gateway: DevGateway): Promise<void> {
  await new Promise<void>((resolve, reject) => {
    let stopping = false;
    const stop = (signal: NodeJS.Signals): void => {
      if (stopping) {
        gateway.kill();
        process.exit(128 + constants.signals[signal]);
      }
      stopping = true;
      gateway
        .close()
        .then(resolve, reject)
        .finally(() => {
          for (const name of STOP_SIGNALS) process.off(name, stop);
        });
    };
    for (const name of STOP_SIGNALS) process.on(name, stop);
  });
}
