import type { LoadedRouter } from "../load-router.ts";
import type { Gateway } from "../endpoint/gateway.ts";
import { createEnvelopeIds } from "../message/envelope-id.ts";
import { createNamespaceRules } from "../message/namespace.ts";
import type { ProbeSessionContext } from "./probe-session.ts";
import type { ProbeStep } from "./probe-step.ts";
import { StepRecorder } from "./step-recorder.ts";
import type { WarningCollector } from "./warning-collector.ts";

/** Who says `initialize`. */
export interface ProbeClient {
  readonly name: string;
  readonly version: string;
}

/** Everything that the test of one endpoint works with. */
export interface ProbeContext {
  readonly loaded: LoadedRouter;
  readonly gateway: Gateway;
  /** Place of the endpoint in the configuration. */
  readonly index: number;
  readonly client: ProbeClient;
  /** Milliseconds that reading the configuration and loading the plugins took. */
  readonly loadedInMs: number;
  readonly signal: AbortSignal;
  readonly record: StepRecorder;
  readonly session: ProbeSessionContext;
}

export interface ProbeContextOptions extends Omit<ProbeContext, "record" | "session"> {
  readonly warnings: WarningCollector;
  readonly onStep: (step: ProbeStep) => void;
}

export function createProbeContext({ warnings, onStep, ...options }: ProbeContextOptions): ProbeContext {
  const { loaded, gateway, signal } = options;
  const { clock, config, redact } = loaded;
  let privateIds = 0;
  return {
    ...options,
    record: new StepRecorder({ clock, warnings, signal, onStep }),
    session: {
      gateway,
      namespaceOf: createNamespaceRules(config.core.gateway.namespace),
      nextTransmissionId: createEnvelopeIds(),
      nextPrivateId: () => JSON.stringify(`mcp-router-probe:${++privateIds}`),
      clock,
      signal,
      redact,
    },
  };
}

/** The step with which both tests begin. */
export function recordConfiguration({ gateway, loaded, loadedInMs, record }: ProbeContext): void {
  const plugins = loaded.generation.live.map(({ use }) => use.id).join(" ");
  record.add("configuration", { facts: { endpoint: gateway.endpoint.name, plugins } }, loadedInMs);
}
