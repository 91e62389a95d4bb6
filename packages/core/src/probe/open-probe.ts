import { buildEndpoints } from "../endpoint/build-endpoints.ts";
import { createGateway } from "../endpoint/create-gateway.ts";
import type { Gateway } from "../endpoint/gateway.ts";
import { type LoadOptions, loadRouter, type LoadedRouter } from "../load-router.ts";
import { silentLogger } from "../silent-logger.ts";
import { systemClock } from "../clock.ts";
import { createProbeContext, type ProbeClient, type ProbeContext } from "./probe-context.ts";
import { probeGateway } from "./probe-gateway.ts";
import { probeSignIn } from "./probe-sign-in.ts";
import type { ProbeStep } from "./probe-step.ts";
import { WarningCollector } from "./warning-collector.ts";

/** How a test is run, and who hears of it. */
export interface ProbeOptions {
  /** Place in {@link Probe.endpoints}; default 0, the best one. */
  readonly endpoint?: number;
  /** Ends the test; it rejects with the reason. */
  readonly signal?: AbortSignal;
  /** Called with each step as it ends. */
  readonly onStep?: (step: ProbeStep) => void;
  /** What `initialize` says of who asks. Default `mcp-router`. */
  readonly client?: ProbeClient;
}

export interface SignInProbeOptions extends ProbeOptions {
  /** Also asks for the credential again, as before its expiry and as after a refusal. Default false. */
  readonly renew?: boolean;
  /** Does not ask the gateway whether it accepts the credential. Default false. */
  readonly offline?: boolean;
}

/** An endpoint that can be tested. */
export interface ProbeEndpoint {
  /** Scheme, host and port. */
  readonly name: string;
  /** Its place in `gateway.endpoints`. */
  readonly index: number;
}

/** A loaded configuration whose endpoints can be tested, without any client. */
export interface Probe {
  /** Best first. */
  readonly endpoints: readonly ProbeEndpoint[];
  /** Tests a connection, part by part, up to the first fault. Rejects only when the signal aborts. */
  connection(options?: ProbeOptions): Promise<readonly ProbeStep[]>;
  /** Tests the sign-in alone. Rejects only when the signal aborts. */
  signIn(options?: SignInProbeOptions): Promise<readonly ProbeStep[]>;
  /** Disposes the plugins. */
  dispose(): Promise<void>;
}

/**
 * Loads a configuration and its plugins to test them; nothing is dialled yet.
 *
 * @throws ConfigError with every fault of the configuration; PluginLoadError with every plugin that cannot be loaded.
 */
export async function openProbe(options: LoadOptions): Promise<Probe> {
  const { clock = systemClock, log = silentLogger } = options;
  const startedAt = clock.now();
  const warnings = new WarningCollector(log);
  const loaded = await loadRouter({ ...options, clock, log: warnings.logger });
  const abort = new AbortController();
  const end = async (reason: "failed_start" | "stop"): Promise<void> => {
    abort.abort();
    await loaded.generation.dispose(reason);
  };
  try {
    const endpoints = await openEndpoints(loaded, abort.signal);
    const loadedInMs = clock.now() - startedAt;
    const contextOf = (given: ProbeOptions): ProbeContext => {
      const { endpoint = 0, signal = abort.signal, onStep = () => {}, client = CLIENT } = given;
      const chosen = endpoints[endpoint];
      if (chosen === undefined) throw new RangeError(`there is no endpoint ${endpoint}: there are ${endpoints.length}`);
      return createProbeContext({ ...chosen, loaded, client, loadedInMs, signal, warnings, onStep });
    };
    return {
      endpoints: endpoints.map(({ gateway, index }) => ({ name: gateway.endpoint.name, index })),
      connection: async (given = {}) => await probeGateway(contextOf(given)),
      signIn: async ({ renew = false, offline = false, ...given } = {}) =>
        await probeSignIn(contextOf(given), { renew, offline }),
      dispose: async () => await end("stop"),
    };
  } catch (cause) {
    await end("failed_start");
    throw cause;
  }
}

const CLIENT: ProbeClient = Object.freeze({ name: "mcp-router", version: "1" });

async function openEndpoints(
  loaded: LoadedRouter,
  signal: AbortSignal,
): Promise<readonly { readonly gateway: Gateway; readonly index: number }[]> {
  const { config, env, log, redact } = loaded;
  const built = await buildEndpoints(config, env, { log, redact });
  return built.map((each) => ({ gateway: createGateway(each, { ...loaded, signal }), index: each.index }));
}
