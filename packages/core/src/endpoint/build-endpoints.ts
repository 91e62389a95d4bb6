import type { ResolvedConfig } from "../config/resolved-config.ts";
import type { Endpoint } from "../plugin/endpoint.ts";
import { readTls } from "./read-tls.ts";

/** The endpoints of a configuration, their files read, best first. @throws ConfigError when a file cannot be read. */
export async function buildEndpoints(
  config: ResolvedConfig,
  env: { readonly [name: string]: string | undefined },
): Promise<readonly { readonly endpoint: Endpoint; readonly index: number }[]> {
  const { connection, subprotocol } = config.core.gateway;
  const built = config.endpoints.map(async (each, index) => {
    const endpoint: Endpoint = {
      name: `${each.url.protocol}//${each.url.host}`,
      url: each.url,
      priority: each.priority,
      tls: await readTls(each, config, env),
      connection: {
        timeoutMs: connection.timeout_ms,
        keepaliveIntervalMs: connection.keepalive_interval_ms,
        maxMessageBytes: connection.max_message_bytes,
        maxFrameBytes: connection.max_frame_bytes,
        ...(subprotocol === undefined ? {} : { subprotocol }),
      },
    };
    return { endpoint, index };
  });
  return (await Promise.all(built)).sort((left, right) => left.endpoint.priority - right.endpoint.priority);
}
