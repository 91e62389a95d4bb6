import type { ProbeEndpoint, ProbeStep, ProbeStepName } from "@mcp-router/core";
import type { RouterError } from "@mcp-router/core/plugin";

/** What the test of one endpoint has found. */
export interface EndpointReport {
  readonly endpoint: string;
  /** Its place in `gateway.endpoints`. */
  readonly index: number;
  readonly ok: boolean;
  /** Null when nothing failed. */
  readonly failed_at: ProbeStepName | null;
  readonly warnings: number;
  readonly ms: number;
  readonly steps: readonly ProbeStep[];
}

export function reportOf({ name, index }: ProbeEndpoint, steps: readonly ProbeStep[]): EndpointReport {
  const failed = steps.find(({ status }) => status === "failed");
  return {
    endpoint: name,
    index,
    ok: failed === undefined,
    failed_at: failed?.name ?? null,
    warnings: steps.filter(({ status }) => status === "warning").length,
    ms: Math.round(steps.reduce((sum, { ms }) => sum + ms, 0) * 10) / 10,
    steps,
  };
}

/** The document when the configuration, or a plugin of it, cannot be used. */
export function reportFailure({ code, message, hint }: RouterError): object {
  return { ok: false, endpoints: [], error: { code, message, ...(hint !== undefined && { hint }) } };
}
