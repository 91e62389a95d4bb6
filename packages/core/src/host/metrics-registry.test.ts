import { describe, expect, it } from "vitest";
import { MetricsRegistry } from "./metrics-registry.ts";

describe("MetricsRegistry", () => {
  it("counts by name and labels, and reads gauges when asked", () => {
    const registry = new MetricsRegistry();
    const scope = registry.scope("mcp_router");
    const counter = scope.counter("calls_total", "Calls.");
    counter.add();
    counter.add(2, { tool: 'a"b' });
    scope.counter("calls_total", "Calls.").add();
    scope.gauge("open", "Open.").set(3);
    let read = 1;
    scope.observe("live", "Live.", () => read);
    read = 7;
    expect([...registry.snapshot()]).toEqual([
      ["mcp_router_calls_total", 2],
      ['mcp_router_calls_total{tool="a\\"b"}', 2],
      ["mcp_router_open", 3],
      ["mcp_router_live", 7],
    ]);
    expect(registry.families().map(({ name, kind }) => [name, kind])).toEqual([
      ["mcp_router_calls_total", "counter"],
      ["mcp_router_open", "gauge"],
      ["mcp_router_live", "gauge"],
    ]);
  });

  it("bounds the series that peers can make", () => {
    const registry = new MetricsRegistry();
    const counter = registry.scope("p").counter("by_tool", "By tool.");
    for (let tool = 0; tool < 1000; tool++) counter.add(1, { tool: String(tool) });
    counter.add(1, { tool: "5" });
    const snapshot = registry.snapshot();
    expect(snapshot.size).toBe(201);
    expect(snapshot.get('p_by_tool{series="other"}')).toBe(800);
    expect(snapshot.get('p_by_tool{tool="5"}')).toBe(2);
  });

  it("leaves out a gauge that cannot be read", () => {
    const registry = new MetricsRegistry();
    registry.scope("p").observe("broken", "Broken.", () => {
      throw new Error("disposed");
    });
    registry.scope("p").observe("fine", "Fine.", () => 1);
    expect([...registry.snapshot()]).toEqual([["p_fine", 1]]);
  });
});
