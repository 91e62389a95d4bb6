import { resolve } from "node:path";
import type { Clock } from "../clock.ts";
import type { ResolvedConfig } from "../config/resolved-config.ts";
import { GatewayRecord } from "../health/gateway-record.ts";
import { HealthAsker } from "../health/health-asker.ts";
import type { HealthBoard } from "../health/health-board.ts";
import type { Generation } from "../host/generation.ts";
import { createBareWire } from "../lane/bare-wire.ts";
import { createEnvelopeWire } from "../lane/envelope-wire.ts";
import { CredentialSource } from "../link/credential-source.ts";
import { Link } from "../link/link.ts";
import type { AuthProvider } from "../plugin/auth-provider.ts";
import type { Endpoint } from "../plugin/endpoint.ts";
import type { FrameCodec } from "../plugin/framing.ts";
import type { Logger } from "../plugin/logger.ts";
import { Secret } from "../plugin/secret.ts";
import type { ProxyFor } from "../plugin/proxy.ts";
import type { Transport } from "../plugin/transport.ts";
import type { BuiltEndpoint } from "./build-endpoints.ts";
import type { Gateway } from "./gateway.ts";
import { createProxyRules } from "./proxy-rules.ts";
import { GatewayDialect, switchesOf } from "./gateway-dialect.ts";
import { withClientCertificate, withFreshTls } from "./fresh-tls.ts";

export interface GatewayContext {
  readonly config: ResolvedConfig;
  readonly generation: Generation;
  readonly env: { readonly [name: string]: string | undefined };
  readonly health: HealthBoard;
  readonly clock: Clock;
  readonly log: Logger;
  readonly redact: (text: string) => void;
  readonly signal: AbortSignal;
}

/** The proxies that the configuration and the environment name. */
function proxyRules({ config, env, redact }: GatewayContext): ProxyFor {
  return createProxyRules({ written: config.core.gateway.proxy, env, redact });
}

/** The transport of an endpoint's scheme. Configuration was checked against the slots, so it is there. */
function createTransport(endpoint: Endpoint, context: GatewayContext): Transport {
  const scheme = endpoint.url.protocol.slice(0, -1);
  const { wire, framing } = context.config.core.gateway;
  for (const { plugin, use } of context.generation.live) {
    const transport = plugin.contributes?.transports?.[scheme]?.create?.({
      log: context.log.child({ plugin: use.id }),
      wire,
      framing,
      createCodec: (name) => createCodec(name, context),
      proxyFor: proxyRules(context),
      signal: context.signal,
    });
    if (transport !== undefined) return transport;
  }
  throw new Error(`no loaded plugin opens ${scheme}: connections`);
}

/** Configuration was checked against the slots; a transport may ask for others, such as its own. */
function createCodec(framing: string, { generation }: GatewayContext): FrameCodec {
  for (const { plugin } of generation.live) {
    const slots = plugin.contributes?.framings ?? {};
    const codec = Object.hasOwn(slots, framing) ? slots[framing]?.create?.() : undefined;
    if (codec !== undefined) return codec;
  }
  throw new Error(`no loaded plugin contributes the framing ${framing}`);
}

/** An endpoint with its transport, its wire and its credential. */
export function createGateway(built: BuiltEndpoint, context: GatewayContext): Gateway {
  const { endpoint, index, tls } = built;
  const { config, generation, clock, log } = context;
  const { reconnect, wire, version, features } = config.core.gateway;
  const { hooks } = generation;
  const transport = createTransport(endpoint, context);
  const envelopes = (wire ?? transport.defaultWire) === "envelope";
  const dialect = new GatewayDialect({
    endpoint: endpoint.name,
    version,
    switches: switchesOf(features),
    envelopes,
    mayBeOld: !endpoint.url.protocol.startsWith("tcp"),
    log,
  });
  let changed = (): void => {};
  const { health } = config.core.gateway;
  const asker = new HealthAsker({
    endpoint,
    transport: withFreshTls(transport, tls),
    url: health.url === undefined ? undefined : new URL(health.url),
    intervalMs: health.interval_ms,
    clock,
    signal: context.signal,
    answered: ({ version: said }) => dialect.announced(said, "health endpoint"),
  });
  const record = new GatewayRecord(endpoint, dialect, asker);
  context.health.add(record);
  const credentials = new CredentialSource({
    endpoint,
    ...withClientCertificate({
      provider: createAuthProvider(endpoint, index, context, () => changed()),
      complete: hooks.onAuth.isUsed() ? hooks.onAuth.promise.bind(hooks.onAuth) : () => undefined,
      tls,
      changed: () => changed(),
      signal: context.signal,
    }),
  });
  let connections = 0;
  return {
    endpoint,
    wire: envelopes ? createEnvelopeWire(dialect) : createBareWire(),
    dialect,
    transport,
    credentials,
    proxyFor: proxyRules(context),
    createLink: (owner) => {
      const connection = ++connections;
      const link = new Link({
        endpoint,
        connection,
        transport,
        credentials,
        owner,
        hooks: {
          beforeConnect: (attempt) => hooks.beforeConnect.call(attempt),
          linkState: (change) => {
            record.used();
            if (change.state === "closed") record.remove(connection);
            dialect.announced(change.info?.headers?.get("x-mcp-gateway-version"), "upgrade");
            hooks.onLinkState.call(change);
          },
        },
        answersPings: () => dialect.features.pingFrames,
        backoff: {
          initialDelayMs: reconnect.initial_delay_ms,
          maxDelayMs: reconnect.max_delay_ms,
          multiplier: reconnect.multiplier,
          jitter: reconnect.jitter,
        },
        clock,
        log,
      });
      record.add(connection, link);
      return link;
    },
    onCredentialChanged: (listener) => {
      changed = listener;
    },
  };
}

/** The provider of an endpoint's `auth.type`. @param changed Told that its credential is another one. */
export function createAuthProvider(
  endpoint: Endpoint,
  index: number,
  context: GatewayContext,
  changed: () => void,
): AuthProvider | undefined {
  const { config, generation, env, log, redact, signal } = context;
  const auth = config.authOf(index);
  if (auth === undefined) return undefined;
  const key = config.endpoints[index]?.authKey ?? "gateway.auth";
  for (const { plugin, use } of generation.live) {
    const provider = plugin.contributes?.auth?.[auth.type]?.create?.(auth, {
      endpoint,
      log: log.child({ plugin: use.id }),
      env,
      signal,
      secret: (text) => {
        redact(text);
        return new Secret(text);
      },
      proxyFor: proxyRules(context),
      resolvePath: (path) => resolve(config.directoryOf(key), path),
      changed,
    });
    if (provider !== undefined) return provider;
  }
  throw new Error(`no loaded plugin provides auth.type ${auth.type}`);
}
