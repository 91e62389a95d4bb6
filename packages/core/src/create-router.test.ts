import { PassThrough } from "node:stream";
import { describe, expect, it } from "vitest";
import { createRouter } from "./create-router.ts";
import { definePlugin, type Plugin } from "./plugin/define-plugin.ts";
import type { PluginHost } from "./plugin/host.ts";
import type { RouterOptions } from "./router-options.ts";
import { FakeTransport } from "./testing/fake-transport.ts";
import { RecordingLogger } from "./testing/recording-logger.ts";

function routerWith(apply: (host: PluginHost) => void, options: Partial<RouterOptions> = {}) {
  const transport = new FakeTransport();
  const log = new RecordingLogger();
  const stdin = new PassThrough();
  const stdout = new PassThrough();
  const plugins: readonly Plugin[] = [
    definePlugin({
      name: "transport-test",
      apiVersion: "^1.0",
      contributes: { transports: { test: { create: () => transport } } },
    }),
    definePlugin({ name: "under-test", apiVersion: "^1.0", apply }),
  ];
  const config = { presets: [], gateway: { url: "test://gateway/mcp" } };
  return {
    creating: createRouter({ config, plugins, stdin, stdout, log, env: {}, ...options }),
    transport,
    log,
    stdin,
  };
}

describe("a router", () => {
  it("does not run when a plugin cannot start, and disposes everything", async () => {
    const disposed: string[] = [];
    const { creating, transport } = routerWith((host) => {
      host.onDispose((reason) => void disposed.push(reason));
      host.hooks.onStart.tap(() => {
        throw new Error("no licence");
      });
    });
    const router = await creating;
    await expect(router.run()).rejects.toMatchObject({
      code: "PLUGIN_START",
      message: "plugin under-test (start): no licence",
    });
    expect(disposed).toEqual(["stop"]);
    expect(transport.dials).toHaveLength(0);
  });

  it("dials nothing before the first byte, and runs its lifecycle hooks in order", async () => {
    const order: string[] = [];
    const { creating, transport, stdin } = routerWith((host) => {
      host.hooks.onStart.tap(() => void order.push("start"));
      host.hooks.onDrain.tap(() => void order.push("drain"));
      host.hooks.onStop.tap(() => void order.push("stop"));
      host.onDispose(() => void order.push("dispose"));
    });
    const router = await creating;
    const running = router.run();
    stdin.end();
    expect(await running).toBe("stdin_end");
    expect(order).toEqual(["start", "drain", "stop", "dispose"]);
    expect(transport.dials).toHaveLength(0);
  });

  it("does not wait for a plugin that drains for ever once it is told to hurry", async () => {
    const ending = new AbortController();
    const { creating, stdin } = routerWith(
      (host) =>
        host.hooks.onDrain.tap(async () => {
          ending.abort();
          await new Promise(() => {});
        }),
      { signal: ending.signal },
    );
    const router = await creating;
    const running = router.run();
    stdin.end();
    expect(await running).toBe("stdin_end");
  });

  it("says what its plugins are, and why they are there", async () => {
    const { creating } = routerWith((host) => host.hooks.onSettled.tap(() => {}));
    const router = await creating;
    expect(router.plugins.map(({ id, because }) => `${id}: ${because}`)).toEqual([
      "transport-test: gateway.url has the scheme test",
      "under-test: given to createRouter",
    ]);
    expect(router.hooks).toEqual([{ hook: "onSettled", stage: "observe", plugin: "under-test" }]);
    await router.stop("now");
  });
});
