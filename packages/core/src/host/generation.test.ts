import { describe, expect, it } from "vitest";
import { definePlugin } from "../plugin/define-plugin.ts";
import type { PluginHost } from "../plugin/host.ts";
import { serviceKey } from "../plugin/service-key.ts";
import { loadPlugins } from "../testing/load-plugins.ts";
import { TEST_ENDPOINT } from "../testing/test-endpoint.ts";

function plugin(name: string, apply: (host: PluginHost) => void | Promise<void>) {
  return definePlugin({ name, apiVersion: "^1.0", apply });
}

/** What applied plugins leave behind when they are disposed. */
function traces() {
  const order: string[] = [];
  const traced = (name: string, then: (host: PluginHost) => void | Promise<void> = () => {}) =>
    plugin(name, (host) => {
      host.signal.addEventListener("abort", () => void order.push(`${name} aborted`));
      host.onDispose((reason) => void order.push(`${name} ${reason}`));
      return then(host);
    });
  return { order, traced };
}

describe("a generation", () => {
  it("applies plugins in order and disposes them in reverse", async () => {
    const { order, traced } = traces();
    const { generation } = await loadPlugins({ plugins: [traced("one"), traced("two")] }).loading;
    expect(generation.live.map(({ use }) => use.id)).toEqual(["transport-test", "one", "two"]);
    await generation.dispose("stop");
    expect(order).toEqual(["two aborted", "two stop", "one aborted", "one stop"]);
  });

  it("disposes what was applied when one fails, that one included, and says who and why", async () => {
    const { order, traced } = traces();
    const failing = traced("two", () => Promise.reject(new Error("no disk")));
    const { loading } = loadPlugins({ plugins: [traced("one"), failing, traced("three")] });
    await expect(loading).rejects.toMatchObject({
      code: "PLUGIN_APPLY",
      plugin: "two",
      message: "plugin two (apply): no disk",
    });
    expect(order).toEqual(["two aborted", "two failed_start", "one aborted", "one failed_start"]);
  });

  it("gives apply five seconds, and takes whatever a plain function returns for done", async () => {
    const careless: { apply: () => void } = { apply: () => {} };
    Reflect.set(careless, "apply", () => 7);
    await loadPlugins({ plugins: [plugin("careless", careless.apply)] }).loading;
    const { loading, clock } = loadPlugins({ plugins: [plugin("stuck", () => new Promise(() => {}))] });
    const told = expect(loading).rejects.toThrow("plugin stuck (apply): apply did not finish within 5000 ms");
    // Loading reads files, which the fake clock knows nothing of.
    while (clock.timers === 0) await new Promise((resolve) => setImmediate(resolve));
    await clock.advance(5000);
    await told;
    expect(clock.timers).toBe(0);
  });

  it("refuses taps whose order contradicts itself, and disposes everything", async () => {
    const { order, traced } = traces();
    const loading = loadPlugins({
      plugins: [
        traced("one", (host) => host.hooks.beforeSend.tap(() => {}, { before: ["two"] })),
        traced("two", (host) => host.hooks.beforeSend.tap(() => {}, { before: ["one"] })),
      ],
    }).loading;
    await expect(loading).rejects.toMatchObject({ code: "PLUGIN_ORDER" });
    expect(order).toContain("one failed_start");
  });

  it("counts and logs the faults of taps under the plugin's name", async () => {
    const failing = plugin("odd", (host) =>
      host.hooks.onGatewaySignal.tap(() => {
        throw new Error("bug");
      }),
    );
    const { loading, log } = loadPlugins({ plugins: [failing] });
    const { generation, metrics } = await loading;
    generation.hooks.onGatewaySignal.call({ endpoint: TEST_ENDPOINT, signal: {} });
    expect(metrics.snapshot().get('mcp_router_plugin_faults_total{plugin="odd",hook="onGatewaySignal"}')).toBe(1);
    expect(log.of("warn")).toEqual(["plugin fault: bug"]);
  });

  it("runs lifecycle taps in order, each with a deadline, and goes on after a failure", async () => {
    const order: string[] = [];
    const { loading, clock } = loadPlugins({
      plugins: [
        plugin("stuck", (host) => host.hooks.onDrain.tap(() => new Promise(() => {}))),
        plugin("fails", (host) =>
          host.hooks.onDrain.tap(() => {
            throw new Error("no");
          }),
        ),
        plugin("works", (host) => host.hooks.onDrain.tap(async () => void order.push("drained"))),
      ],
    });
    const { generation } = await loading;
    const draining = generation.lifecycle("onDrain");
    await clock.advance(5000);
    const failures = await draining;
    expect(order).toEqual(["drained"]);
    expect(failures.map(({ plugin: name, message }) => `${name}: ${message}`)).toEqual([
      "stuck: onDrain took longer than 5000 ms",
      "fails: no",
    ]);
  });

  it("logs what could not be disposed", async () => {
    const leaky = plugin("leaky", (host) => host.onDispose(() => Promise.reject(new Error("busy"))));
    const { loading, log } = loadPlugins({ plugins: [leaky] });
    await (await loading).generation.dispose("stop");
    expect(log.of("warn")).toEqual(["leaky: dispose failed: busy"]);
  });
});

describe("the host of a plugin", () => {
  const store = serviceKey<{ get: () => string }>("store");

  it("carries the plugin's name into logs and metrics, and resolves paths from the configuration", async () => {
    const secrets: string[] = [];
    const { loading, log } = loadPlugins({
      baseDirectory: "/etc/router",
      onSecret: (text) => void secrets.push(text),
      env: { LANG: "C" },
      plugins: [
        plugin("my-plugin", (host) => {
          host.log.info("hello");
          host.metrics.counter("seen_total", "Seen.").add();
          host.redact("s3cret-s3cret");
          host.log.info(host.resolvePath("a.txt"));
          host.log.info(`${host.id} ${host.env["LANG"] ?? ""}`);
        }),
      ],
    });
    const { metrics } = await loading;
    expect(log.records[0]).toEqual({ level: "info", fields: { plugin: "my-plugin" }, message: "hello" });
    expect(log.of("info").slice(1)).toEqual(["/etc/router/a.txt", "my-plugin C"]);
    expect(metrics.snapshot().get("mcp_router_my_plugin_seen_total")).toBe(1);
    expect(secrets).toEqual(["s3cret-s3cret"]);
  });

  it("shares services by key, one provider each, and keeps state by name", async () => {
    const seen: unknown[] = [];
    const provider = plugin("provider", (host) => host.provide(store, { get: () => "value" }));
    const user = plugin("user", (host) => {
      seen.push(host.use(store)?.get(), host.use(serviceKey("nobody")));
      const made = host.keep("bucket", () => ({ tokens: 1 }));
      seen.push(host.keep("bucket", () => ({ tokens: 2 })) === made);
    });
    await loadPlugins({ plugins: [provider, user] }).loading;
    expect(seen).toEqual(["value", undefined, true]);
    const second = plugin("second", (host) => host.provide(store, { get: () => "other" }));
    await expect(loadPlugins({ plugins: [provider, second] }).loading).rejects.toThrow(
      'plugin second (apply): the service "store" is provided by provider already',
    );
  });
});
