import { mkdtemp, rm, writeFile } from "node:fs/promises";
import { tmpdir } from "node:os";
import { join } from "node:path";

import { routerCommand } from "../../support/router-command.ts";
import { type Launch, launchOf } from "../launch.ts";

export const TOKEN = "parity-token-of-this-test";
const TOKEN_VARIABLE = "PARITY_GATEWAY_TOKEN";

/** How a client starts the router in front of a gateway, until the configuration is taken away. */
export async function launchBehindRouter(
  gateway: { readonly [key: string]: unknown },
  withToken: boolean,
): Promise<{ readonly launch: Launch; close(): Promise<void> }> {
  const directory = await mkdtemp(join(tmpdir(), "mcp-router-parity-"));
  const file = join(directory, "mcp-router.json");
  const auth = withToken ? { auth: { type: "bearer", token_env: TOKEN_VARIABLE } } : {};
  await writeFile(file, JSON.stringify({ version: 1, gateway: { ...gateway, ...auth } }));
  return {
    launch: launchOf(routerCommand("--config", file), { [TOKEN_VARIABLE]: TOKEN }),
    close: () => rm(directory, { recursive: true }),
  };
}
