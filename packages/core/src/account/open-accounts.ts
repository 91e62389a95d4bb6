import { buildEndpoints } from "../endpoint/build-endpoints.ts";
import { createAuthProvider } from "../endpoint/create-gateway.ts";
import { type LoadOptions, loadRouter } from "../load-router.ts";
import type { Account } from "../plugin/auth-provider.ts";

/** The sign-in of one endpoint. */
export interface EndpointAccount {
  /** Scheme, host and port. */
  readonly name: string;
  /** Its place in `gateway.endpoints`. */
  readonly index: number;
  /** Undefined where nothing is kept, or nobody signs in. */
  readonly account: Account | undefined;
}

export interface Accounts {
  /** Best endpoint first. */
  readonly endpoints: readonly EndpointAccount[];
  /** Disposes the plugins. */
  dispose(): Promise<void>;
}

/**
 * Loads a configuration and its plugins to sign in and out; nothing is dialled.
 *
 * @throws ConfigError with every fault of the configuration; PluginLoadError with every plugin that cannot be loaded.
 */
export async function openAccounts(options: LoadOptions): Promise<Accounts> {
  const loaded = await loadRouter(options);
  const abort = new AbortController();
  const end = async (reason: "failed_start" | "stop"): Promise<void> => {
    abort.abort();
    await loaded.generation.dispose(reason);
  };
  try {
    const { config, env, log, redact } = loaded;
    const built = await buildEndpoints(config, env, { log, redact });
    const endpoints = built.map(({ endpoint, index }) => {
      const provider = createAuthProvider(endpoint, index, { ...loaded, signal: abort.signal }, () => {});
      return { name: endpoint.name, index, account: provider?.account };
    });
    return { endpoints, dispose: async () => await end("stop") };
  } catch (cause) {
    await end("failed_start");
    throw cause;
  }
}
