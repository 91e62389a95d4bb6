import { getDefaultEnvironment } from "@modelcontextprotocol/sdk/client/stdio.js";

import { startSixtyLineGateway } from "../../framed-tcp/support/start-sixty-line-gateway.ts";
import { TEST_IDENTITY } from "../../support/test-identity.ts";
import type { Target } from "../target.ts";
import { launchBehindRouter, TOKEN } from "./launch-behind-router.ts";

/** The real `mcp-router` command, TLS, and a gateway that shares no code with this repository. */
export const sixtyLineTarget: Target = {
  name: "TLS, a gateway of sixty lines",
  async open(server) {
    const gateway = await startSixtyLineGateway(server, {
      token: TOKEN,
      ...TEST_IDENTITY,
      env: getDefaultEnvironment(),
    });
    const behind = await launchBehindRouter({ url: gateway.url, ...gateway.config }, true);
    return {
      launch: behind.launch,
      async close() {
        await behind.close();
        await gateway.close();
      },
    };
  },
};
