import { describe, expect, it, vi } from "vitest";

import { watchParent } from "./parent-watch.ts";
import { onEndSignals } from "./signals.ts";
import { within } from "./within.ts";

describe("watchParent", () => {
  it("calls once when the process has another parent, and not after it was stopped", () => {
    vi.useFakeTimers();
    try {
      let parent = 7;
      const calls: string[] = [];
      const options = { periodMs: 10, currentParent: () => parent };
      watchParent(() => calls.push("watching"), options);
      const stop = watchParent(() => calls.push("stopped"), options);
      vi.advanceTimersByTime(100);
      expect(calls).toEqual([]);
      stop();
      parent = 1;
      vi.advanceTimersByTime(100);
      expect(calls).toEqual(["watching"]);
    } finally {
      vi.useRealTimers();
    }
  });
});

describe("onEndSignals", () => {
  function listen(): { first: string[]; second: string[]; at: (milliseconds: number) => void; stop: () => void } {
    const first: string[] = [];
    const second: string[] = [];
    let now = 0;
    const handlers = { first: (name: string) => first.push(name), second: (name: string) => second.push(name) };
    const stop = onEndSignals(handlers, () => now);
    return { first, second, stop, at: (milliseconds) => (now = milliseconds) };
  }

  it("tells the first from those after it", () => {
    const { at, first, second, stop } = listen();
    process.emit("SIGINT", "SIGINT");
    process.emit("SIGTERM", "SIGTERM");
    at(200);
    process.emit("SIGINT", "SIGINT");
    stop();
    expect({ first, second }).toEqual({ first: ["SIGINT"], second: ["SIGTERM", "SIGINT"] });
  });

  it("takes the same signal at the same moment for one: a terminal and a parent both send it", () => {
    const { at, first, second, stop } = listen();
    process.emit("SIGINT", "SIGINT");
    at(50);
    process.emit("SIGINT", "SIGINT");
    stop();
    expect({ first, second }).toEqual({ first: ["SIGINT"], second: [] });
  });

  it("leaves no listener behind", () => {
    const before = process.listenerCount("SIGHUP");
    listen().stop();
    expect(process.listenerCount("SIGHUP")).toBe(before);
  });
});

describe("within", () => {
  it("says whether the work settled in time, failures included", async () => {
    expect(await within(1_000, Promise.resolve())).toBe(true);
    expect(await within(1_000, Promise.reject(new Error("no")))).toBe(true);
    vi.useFakeTimers();
    try {
      const waiting = within(1_000, new Promise(() => {}));
      await vi.advanceTimersByTimeAsync(1_000);
      expect(await waiting).toBe(false);
    } finally {
      vi.useRealTimers();
    }
  });
});
