import type { ResolvedConfig } from "../config/resolved-config.ts";
import type { Endpoint } from "../plugin/endpoint.ts";
import type { Logger } from "../plugin/logger.ts";
import { silentLogger } from "../silent-logger.ts";
import { EndpointTls } from "./endpoint-tls.ts";

/** An endpoint of the configuration. */
export interface BuiltEndpoint {
  /** Its `tls` is that of the files as they were read last. */
  readonly endpoint: Endpoint;
  /** Place in the configuration. */
  readonly index: number;
  readonly tls: EndpointTls;
}

interface BuildContext {
  readonly log?: Logger;
  readonly redact?: (text: string) => void;
}

/** The endpoints of a configuration, their files read, best first. @throws ConfigError when a file cannot be read. */
export async function buildEndpoints(
  config: ResolvedConfig,
  env: { readonly [name: string]: string | undefined },
  { log = silentLogger, redact = () => {} }: BuildContext = {},
): Promise<readonly BuiltEndpoint[]> {
  const { connection, subprotocol } = config.core.gateway;
  const warn = warnOnce(log);
  const built = config.endpoints.map(async (each, index) => {
    const name = `${each.url.protocol}//${each.url.host}`;
    const kept = (message: string): void => log.warn({ endpoint: name }, message);
    const tls = await EndpointTls.read({ endpoint: each, config, env, warn, kept, redact });
    const endpoint: Endpoint = {
      name,
      url: each.url,
      priority: each.priority,
      get tls() {
        return tls.current;
      },
      connection: {
        timeoutMs: connection.timeout_ms,
        keepaliveIntervalMs: connection.keepalive_interval_ms,
        maxMessageBytes: connection.max_message_bytes,
        maxFrameBytes: connection.max_frame_bytes,
        ...(subprotocol === undefined ? {} : { subprotocol }),
      },
    };
    return { endpoint, index, tls };
  });
  return (await Promise.all(built)).sort((left, right) => left.endpoint.priority - right.endpoint.priority);
}

/** Endpoints share files: what is wrong with one is said once. */
function warnOnce(log: Logger): (message: string) => void {
  const said = new Set<string>();
  return (message) => {
    if (said.has(message)) return;
    said.add(message);
    log.warn(message);
  };
}
