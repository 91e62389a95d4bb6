import { loadRouter, type LoadedRouter, type LoadOptions } from "../load-router.ts";
import { definePlugin, type Plugin } from "../plugin/define-plugin.ts";
import type { JsonObject } from "../plugin/json.ts";
import { FakeClock } from "./fake-clock.ts";
import { FakeTransport } from "./fake-transport.ts";
import { RecordingLogger } from "./recording-logger.ts";

type PluginLoadOptions = Omit<Partial<LoadOptions>, "config"> & { readonly config?: JsonObject };

/** Loads a configuration as an embedder does, on a fake clock and a transport for `test:` addresses. */
export function loadPlugins({ config = {}, ...options }: PluginLoadOptions = {}) {
  const clock = new FakeClock();
  const log = new RecordingLogger();
  const transport = new FakeTransport();
  const loading: Promise<LoadedRouter> = loadRouter({
    config: { presets: [], gateway: { url: "test://gateway/mcp" }, ...config },
    env: {},
    clock,
    log,
    ...options,
    plugins: [testTransport(transport), ...(options.plugins ?? [])],
  });
  return { loading, clock, log, transport };
}

function testTransport(transport: FakeTransport): Plugin {
  return definePlugin({
    name: "transport-test",
    apiVersion: "^1.0",
    contributes: { transports: { test: { create: () => transport } } },
  });
}
