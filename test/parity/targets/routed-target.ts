import { mkdtemp, rm, writeFile } from "node:fs/promises";
import { tmpdir } from "node:os";
import { join } from "node:path";

import { getDefaultEnvironment } from "@modelcontextprotocol/sdk/client/stdio.js";
import { startGateway } from "@mcp-router/dev-gateway";
import type { GatewayOptions } from "@mcp-router/dev-gateway";

import { routerCommand } from "../../support/router-command.ts";
import { launchOf } from "../launch.ts";
import type { Target } from "../target.ts";

/** What makes one chain different from another. */
export interface Chain {
  readonly name: string;
  /** Options of the gateway beside its command and its token. */
  readonly gateway: Pick<GatewayOptions, "wire" | "messageAuth">;
  /** Members of the `gateway` section of the configuration beside `url` and `auth`. */
  readonly config: Record<string, unknown>;
}

const TOKEN = "parity-token-of-this-test";
const TOKEN_VARIABLE = "PARITY_GATEWAY_TOKEN";

/** The real `mcp-router` command, the wire, the dev gateway, and behind it the server. */
export function routedTarget({ name, gateway: options, config }: Chain): Target {
  return {
    name,
    async open(server) {
      // The server gets the environment that an SDK gives to what it starts, so that get-env has the same answer.
      const gateway = await startGateway({ ...options, command: server, token: TOKEN, env: getDefaultEnvironment() });
      const directory = await mkdtemp(join(tmpdir(), "mcp-router-parity-"));
      const file = join(directory, "mcp-router.json");
      const auth = { type: "bearer", token_env: TOKEN_VARIABLE };
      await writeFile(file, JSON.stringify({ version: 1, gateway: { ...config, url: gateway.url, auth } }));
      return {
        launch: launchOf(routerCommand("--config", file), { [TOKEN_VARIABLE]: TOKEN }),
        async close() {
          await gateway.close();
          await rm(directory, { recursive: true });
        },
      };
    },
  };
}
