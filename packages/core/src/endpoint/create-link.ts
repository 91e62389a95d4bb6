import { resolve } from "node:path";
import type { Clock } from "../clock.ts";
import type { ResolvedConfig } from "../config/resolved-config.ts";
import type { Generation } from "../host/generation.ts";
import { CredentialSource } from "../link/credential-source.ts";
import { Link } from "../link/link.ts";
import type { LinkOwner } from "../link/link-options.ts";
import type { AuthProvider } from "../plugin/auth-provider.ts";
import type { Endpoint } from "../plugin/endpoint.ts";
import type { Logger } from "../plugin/logger.ts";
import { Secret } from "../plugin/secret.ts";
import type { Transport } from "../plugin/transport.ts";

export interface LinkContext {
  readonly config: ResolvedConfig;
  readonly generation: Generation;
  readonly env: { readonly [name: string]: string | undefined };
  readonly clock: Clock;
  readonly log: Logger;
  readonly redact: (text: string) => void;
  readonly signal: AbortSignal;
}

/** The transport of an endpoint's scheme. Configuration was checked against the slots, so it is there. */
export function createTransport(endpoint: Endpoint, context: LinkContext): Transport {
  const scheme = endpoint.url.protocol.slice(0, -1);
  for (const { plugin, use } of context.generation.live) {
    const transport = plugin.contributes?.transports?.[scheme]?.create?.({
      log: context.log.child({ plugin: use.id }),
      signal: context.signal,
    });
    if (transport !== undefined) return transport;
  }
  throw new Error(`no loaded plugin opens ${scheme}: connections`);
}

/** The link to an endpoint with its credential. Dialling starts with {@link Link.start}. */
export function createLink(
  endpoint: Endpoint,
  index: number,
  transport: Transport,
  owner: LinkOwner,
  context: LinkContext,
): Link {
  const { config, generation, clock, log } = context;
  const { reconnect } = config.core.gateway;
  const { hooks } = generation;
  let link: Link | undefined;
  const provider = createAuthProvider(endpoint, index, context, () => {
    link?.renewCredential("changed").catch((cause: unknown) => {
      log.warn({ endpoint: endpoint.name, err: cause }, "the changed credential could not be used");
    });
  });
  const complete = hooks.onAuth.isUsed() ? hooks.onAuth.promise.bind(hooks.onAuth) : () => undefined;
  link = new Link({
    endpoint,
    transport,
    credentials: new CredentialSource({ endpoint, provider, complete }),
    owner,
    hooks: {
      beforeConnect: (attempt) => hooks.beforeConnect.call(attempt),
      linkState: (change) => hooks.onLinkState.call(change),
    },
    backoff: {
      initialDelayMs: reconnect.initial_delay_ms,
      maxDelayMs: reconnect.max_delay_ms,
      multiplier: reconnect.multiplier,
      jitter: reconnect.jitter,
    },
    clock,
    log,
  });
  return link;
}

function createAuthProvider(
  endpoint: Endpoint,
  index: number,
  context: LinkContext,
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
      resolvePath: (path) => resolve(config.directoryOf(key), path),
      changed,
    });
    if (provider !== undefined) return provider;
  }
  throw new Error(`no loaded plugin provides auth.type ${auth.type}`);
}
