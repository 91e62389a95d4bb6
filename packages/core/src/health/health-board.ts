import type { GatewayHealth, LinkHealth } from "../plugin/link-health.ts";
import type { GatewayRecord } from "./gateway-record.ts";

/** The records of all endpoints: what commands, metrics and status pages read. */
export class HealthBoard implements LinkHealth {
  readonly #records: GatewayRecord[] = [];

  /** Best endpoint first. */
  add(record: GatewayRecord): void {
    this.#records.push(record);
  }

  gateways(): readonly GatewayHealth[] {
    return this.#records.map((record) => record.read());
  }

  async ask(): Promise<readonly GatewayHealth[]> {
    await Promise.all(this.#records.map((record) => record.ask()));
    return this.gateways();
  }
}
