import { describe, expect, it } from "vitest";

import { startFaultRig } from "./support/fault-rig.ts";
import { EACH_ROW, MATRIX } from "./support/transports.ts";

const MEBIBYTE = 1024 * 1024;

/** Takes every file descriptor that the system gives, also those that become free later, until it is told to let go. */
const HOARDER = `
  import { closeSync, openSync } from "node:fs";
  import { definePlugin, drop } from "@mcp-router/core/plugin";
  const hoard = [];
  let taking;
  function take() {
    try {
      for (;;) hoard.push(openSync("/dev/null", "r"));
    } catch (error) {
      if (taking === undefined) console.error("hoarded until " + error.code);
    }
  }
  export default definePlugin({ name: "hoarder", apiVersion: "^1.0", apply({ hooks }) {
    hooks.beforeSend.tap(({ message }) => {
      if (message.method === "notifications/hoard") {
        take();
        taking = setInterval(take, 1);
      } else if (message.method === "notifications/free") {
        clearInterval(taking);
        for (const file of hoard.splice(0)) closeSync(file);
      } else return;
      return drop("it was for the plugin");
    }, { stage: "guard" });
  } });`;

describe.each(MATRIX)(EACH_ROW, (row) => {
  it.runIf(process.platform === "linux")(
    "without file descriptors a dial fails like any other, and the session goes on when there are some again",
    async () => {
      const { client, proxy, ledger, call, recovered } = await startFaultRig(row, {
        config: { plugins: ["./hoarder.mjs"], local: { request_timeout_ms: 400, call_timeout_ms: 400 } },
        router: {
          files: { "hoarder.mjs": HOARDER },
          wrapper: ["/bin/sh", "-c", 'ulimit -n 64 && exec "$0" "$@"'],
        },
      });
      await client.initialize();
      await recovered();
      await proxy.disable();
      await client.router.says("ECONNREFUSED");
      client.notify("notifications/hoard");
      await client.router.says("hoarded until EMFILE");
      await proxy.enable();
      // The port is open again; what is missing is missing here.
      await client.router.says("EMFILE)");
      expect((await call("tools/list")).error).toMatchObject({ code: -31001, data: { outcome: "not_sent" } });
      client.notify("notifications/free");
      await recovered();
      expect(await client.finish()).toEqual({ exitCode: 0, signal: null });
      expect(ledger.violations(), ledger.print()).toEqual([]);
    },
  );

  it("in a heap of 64 MB it carries 100 answers of 1 MiB at once, and 20,000 notifications before them", async () => {
    const filling = "x".repeat(MEBIBYTE);
    const { client, ledger, call } = await startFaultRig(row, {
      answers: {
        "test/large": ({ result, params }) => result(JSON.stringify({ nonce: params["nonce"], filling })),
        "test/flood": ({ session, result, params }) => {
          for (let n = 0; n < 20_000; n++)
            session.send(`{"jsonrpc":"2.0","method":"notifications/n","params":{"n":${n}}}`);
          result(JSON.stringify({ nonce: params["nonce"] }));
        },
      },
      router: { nodeFlags: ["--max-old-space-size=64"] },
    });
    await client.initialize();
    await call("test/flood");
    expect(client.notifications.items).toHaveLength(20_000);
    const replies = await Promise.all(Array.from({ length: 100 }, () => call("test/large")));
    expect(replies.every(({ line }) => line.length > MEBIBYTE)).toBe(true);
    expect(await client.finish()).toEqual({ exitCode: 0, signal: null });
    expect(ledger.violations(), ledger.print()).toEqual([]);
  });
});
