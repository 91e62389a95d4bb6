import { getDefaultEnvironment } from "@modelcontextprotocol/sdk/client/stdio.js";
import { startGateway } from "@mcp-router/dev-gateway";
import type { GatewayOptions } from "@mcp-router/dev-gateway";

import type { Target } from "../target.ts";
import { launchBehindRouter, TOKEN } from "./launch-behind-router.ts";

/** What makes one chain different from another. */
export interface Chain {
  readonly name: string;
  /** Options of the gateway beside its command and its token. */
  readonly gateway: Omit<GatewayOptions, "command" | "session" | "env" | "token">;
  /** Members of the `gateway` section of the configuration beside `url` and `auth`. */
  readonly config: Record<string, unknown>;
  /** Nobody signs in: there is no place for a token. */
  readonly tokenless?: boolean;
}

/** The real `mcp-router` command, the wire, the dev gateway, and behind it the server. */
export function routedTarget({ name, gateway: options, config, tokenless = false }: Chain): Target {
  return {
    name,
    async open(server) {
      // The server gets the environment that an SDK gives to what it starts, so that get-env has the same answer.
      const gateway = await startGateway({
        ...options,
        command: server,
        env: getDefaultEnvironment(),
        ...(tokenless ? {} : { token: TOKEN }),
      });
      const behind = await launchBehindRouter({ ...config, url: gateway.url }, !tokenless);
      return {
        launch: behind.launch,
        async close() {
          await gateway.close();
          await behind.close();
        },
      };
    },
  };
}
