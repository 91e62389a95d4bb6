import { randomBytes } from "node:crypto";
import { buildEndpoints } from "./endpoint/build-endpoints.ts";
import { createGateway, type GatewayContext } from "./endpoint/create-gateway.ts";
import { SessionMemory } from "./lane/session-memory.ts";
import { PluginLoadError } from "./host/plugin-load-error.ts";
import { loadRouter, type LoadedRouter } from "./load-router.ts";
import { createEnvelopeIds } from "./message/envelope-id.ts";
import { createNamespaceRules } from "./message/namespace.ts";
import type { HookPlace, LoadedPlugin, Router, RouterOptions, RunEnd } from "./router-options.ts";
import { discoverTimeoutMs, type SessionLimits } from "./session/limits.ts";
import { Session } from "./session/session.ts";

/**
 * Makes a router: reads the configuration, loads and applies the plugins it uses. Nothing is dialled and nothing is read
 * before {@link Router.run}, and nothing is dialled before the client's first byte.
 *
 * @throws ConfigError with every fault of the configuration; PluginLoadError with every plugin that cannot be loaded.
 */
export async function createRouter(options: RouterOptions): Promise<Router> {
  const loaded = await loadRouter(options);
  try {
    return new RunningRouter(options, loaded, await createSession(options, loaded));
  } catch (cause) {
    await loaded.generation.dispose("failed_start");
    throw cause;
  }
}

class RunningRouter implements Router {
  readonly plugins: readonly LoadedPlugin[];
  readonly hooks: readonly HookPlace[];
  readonly warnings: readonly string[];
  readonly #options: RouterOptions;
  readonly #loaded: LoadedRouter;
  readonly #session: { readonly session: Session; readonly abort: AbortController };
  readonly #stopping: Promise<"drain" | "now">;
  #stop: (how: "drain" | "now") => void = () => {};
  #finished: Promise<void> | undefined;
  /** Resolves when nobody has time for plugins any more. */
  readonly #hurried: Promise<void>;
  #hurry: () => void = () => {};

  constructor(
    options: RouterOptions,
    loaded: LoadedRouter,
    session: { readonly session: Session; readonly abort: AbortController },
  ) {
    this.#options = options;
    this.#loaded = loaded;
    this.#session = session;
    this.#stopping = new Promise((resolve) => (this.#stop = resolve));
    this.#hurried = new Promise((resolve) => (this.#hurry = resolve));
    this.plugins = loaded.generation.live.map(({ use }) => ({
      id: use.id,
      name: use.manifest.plugin.name,
      packageName: use.manifest.packageName,
      version: use.manifest.version,
      from: use.manifest.modulePath ?? use.manifest.directory,
      because: use.because,
    }));
    this.hooks = loaded.generation.hooks.places;
    this.warnings = loaded.config.warnings;
  }

  metrics(): ReadonlyMap<string, number> {
    return this.#loaded.metrics.snapshot();
  }

  async run(): Promise<RunEnd> {
    const { signal } = this.#options;
    const { session } = this.#session;
    // Also while the end of stdin is being drained: a signal cuts that short.
    const abort = (): void => {
      this.#stop("now");
      this.#hurry();
      session.hurry();
    };
    if (signal?.aborted === true) abort();
    signal?.addEventListener("abort", abort, { once: true });
    await this.#start();
    session.start();
    const end = await Promise.race([session.end, this.#stopping]);
    await this.#finish(end === "stdin_end" || end === "drain" ? "drain" : "now");
    signal?.removeEventListener("abort", abort);
    if (end === "stdin_end" || end === "stdout_closed") return end;
    return signal?.aborted === true ? "aborted" : "stopped";
  }

  /** A plugin that cannot start is a plugin that cannot be loaded. @throws PluginLoadError in phase `start` */
  async #start(): Promise<void> {
    const { generation, log } = this.#loaded;
    const failures = await generation.lifecycle("onStart");
    for (const { plugin, required, message } of failures) {
      if (!required) log.warn({ plugin, hook: "onStart" }, message);
    }
    const fatal = failures.filter(({ required }) => required);
    if (fatal.length === 0) return;
    await this.#finish("now");
    throw new PluginLoadError(fatal.map(({ plugin, message, cause }) => ({ plugin, phase: "start", message, cause })));
  }

  async stop(how: "drain" | "now" = "drain"): Promise<void> {
    this.#stop(how);
    await this.#finish(how);
  }

  /** Ends once; who asks again waits for the same end, and may make it a quick one. */
  async #finish(how: "drain" | "now"): Promise<void> {
    this.#finished ??= this.#end(how);
    if (how === "now") {
      this.#hurry();
      this.#session.session.hurry();
    }
    await this.#finished;
  }

  async #end(how: "drain" | "now"): Promise<void> {
    const { generation, config } = this.#loaded;
    const { session, abort } = this.#session;
    const { connection } = config.core.gateway;
    if (how === "drain") await Promise.race([this.#lifecycle("onDrain"), this.#hurried]);
    await session.finish(how, { connectMs: connection.timeout_ms, drainMs: config.core.local.drain_timeout_ms });
    abort.abort();
    if (how === "drain") await Promise.race([this.#lifecycle("onStop"), this.#hurried]);
    await generation.dispose("stop");
  }

  /** Nothing stops the end of a router: what fails on the way is logged. */
  async #lifecycle(name: "onDrain" | "onStop"): Promise<void> {
    const { generation, log } = this.#loaded;
    for (const { plugin, message } of await generation.lifecycle(name)) log.warn({ plugin, hook: name }, message);
  }
}

async function createSession(options: RouterOptions, loaded: LoadedRouter) {
  const { config, generation, health, clock, log, env, redact, hide, metrics } = loaded;
  const endpoints = await buildEndpoints(config, env, { log, redact });
  const abort = new AbortController();
  const context: GatewayContext = { config, generation, health, clock, log, env, redact, signal: abort.signal };
  const { gateway, local, retry } = config.core;
  const { connection } = gateway;
  const privatePrefix = `mcp-router:${randomBytes(9).toString("base64url")}:`;
  let privateIds = 0;
  const session = new Session({
    stdin: options.stdin,
    stdout: options.stdout,
    hooks: generation.hooks,
    memory: new SessionMemory(),
    limits: limitsOf(loaded, options.startedAt ?? clock.now()),
    dispatch: {
      gateways: endpoints.map((each) => createGateway(each, context)),
      lanes: {
        namespaceOf: createNamespaceRules(gateway.namespace),
        nextTransmissionId: createEnvelopeIds(),
        nextPrivateId: () => JSON.stringify(privatePrefix + String(++privateIds)),
      },
      pool: {
        size: connection.pool_size,
        maxIdle: connection.max_idle_per_host,
        idleTimeoutMs: connection.idle_timeout_ms,
        maxLifetimeMs: connection.max_lifetime_ms,
      },
      limits: { maxCount: local.max_queued_requests, maxBytes: local.max_queued_bytes },
      maxMessageBytes: connection.max_message_bytes,
    },
    retry: { names: retry.safe_tools, trustAnnotations: retry.trust_annotations, budget: retry.budget },
    metrics: metrics.scope("mcp_router"),
    clock,
    log,
    redact,
    hide,
  });
  return { session, abort };
}

function limitsOf({ config, env }: LoadedRouter, startedAt: number): SessionLimits {
  const { local, gateway } = config.core;
  return {
    requestTimeoutMs: local.request_timeout_ms,
    callTimeoutMs: local.call_timeout_ms,
    callIdleTimeoutMs: local.call_idle_timeout_ms,
    holdInitializeUntil: startedAt + local.initialize_hold_ms,
    connectTimeoutMs: gateway.connection.timeout_ms,
    discoverTimeoutMs: discoverTimeoutMs(env),
    maxConcurrentRequests: local.max_concurrent_requests,
    maxServerRequests: local.max_server_requests,
    clientStallMs: local.client_stall_timeout_ms,
  };
}
