import type { Clock } from "../clock.ts";
import type { GatewayVersion } from "../config/resolved-config.ts";
import type { Gateway } from "../endpoint/gateway.ts";
import { type FeatureSwitches, GatewayDialect } from "../endpoint/gateway-dialect.ts";
import type { SealedHooks } from "../host/hook-set.ts";
import { createBareWire } from "../lane/bare-wire.ts";
import { createEnvelopeWire } from "../lane/envelope-wire.ts";
import { CredentialSource } from "../link/credential-source.ts";
import { Link } from "../link/link.ts";
import type { AuthProvider } from "../plugin/auth-provider.ts";
import type { Endpoint } from "../plugin/endpoint.ts";
import type { Logger } from "../plugin/logger.ts";
import type { FakeTransport } from "./fake-transport.ts";

export interface BenchGatewayOptions {
  readonly endpoint: Endpoint;
  readonly transport: FakeTransport;
  readonly provider: AuthProvider | undefined;
  readonly hooks: SealedHooks;
  readonly wire: "envelope" | "json-rpc";
  readonly version: GatewayVersion;
  readonly features: FeatureSwitches;
  readonly onCredentialChanged: (listener: () => void) => void;
  readonly clock: Clock;
  readonly log: Logger;
}

/** A gateway of a session bench: no jitter, one credential source. */
export function benchGateway(options: BenchGatewayOptions): Gateway {
  const { endpoint, transport, provider, hooks, wire, version, features, onCredentialChanged, clock, log } = options;
  const credentials = new CredentialSource({ endpoint, provider, complete: () => undefined });
  const envelopes = wire === "envelope";
  const dialect = new GatewayDialect({
    endpoint: endpoint.name,
    version,
    switches: features,
    envelopes,
    mayBeOld: true,
    log,
  });
  let connections = 0;
  return {
    endpoint,
    wire: envelopes ? createEnvelopeWire(dialect) : createBareWire(),
    dialect,
    transport,
    credentials,
    proxyFor: () => ({ proxy: undefined, because: "no proxy is set" }),
    createLink: (owner) =>
      new Link({
        endpoint,
        connection: ++connections,
        transport,
        credentials,
        owner,
        hooks: {
          beforeConnect: (attempt) => hooks.beforeConnect.call(attempt),
          linkState: (change) => hooks.onLinkState.call(change),
        },
        answersPings: () => dialect.features.pingFrames,
        backoff: { initialDelayMs: 1000, maxDelayMs: 30_000, multiplier: 2, jitter: 1 },
        clock,
        log,
        random: () => 0,
      }),
    onCredentialChanged,
  };
}
