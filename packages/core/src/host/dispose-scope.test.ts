import { describe, expect, it } from "vitest";
import { FakeClock } from "../testing/fake-clock.ts";
import { DisposeScope, type Dispose } from "./dispose-scope.ts";

describe("DisposeScope", () => {
  it("calls everything once, the last registered first, with the reason", async () => {
    const order: string[] = [];
    const scope = new DisposeScope("p", new FakeClock());
    scope.add((reason) => void order.push(`first ${reason}`));
    scope.add(async () => {
      await Promise.resolve();
      order.push("second");
    });
    expect(await scope.dispose("reload", 500)).toEqual([]);
    expect(await scope.dispose("stop", 500)).toEqual([]);
    expect(order).toEqual(["second", "first reload"]);
  });

  it("goes on after failures and after what takes too long, and tells of each", async () => {
    const clock = new FakeClock();
    const scope = new DisposeScope("p", clock);
    let called = false;
    scope.add(() => void (called = true));
    scope.add(() => new Promise(() => {}));
    scope.add(() => Promise.reject(new Error("async")));
    scope.add(() => {
      throw new Error("sync");
    });
    const disposing = scope.dispose("stop", 500);
    await clock.advance(500);
    expect(await disposing).toEqual([
      "p: dispose failed: sync",
      "p: dispose failed: async",
      "p: dispose failed: took longer than 500 ms",
    ]);
    expect(called).toBe(true);
    expect(clock.timers).toBe(0);
  });

  it("takes any value that a function happens to return for done", async () => {
    const scope = new DisposeScope("p", new FakeClock());
    const careless: { dispose: Dispose } = { dispose: () => {} };
    Reflect.set(careless, "dispose", () => true);
    scope.add(careless.dispose);
    expect(await scope.dispose("stop", 500)).toEqual([]);
  });

  it("undoes at once what is opened after its end", async () => {
    const scope = new DisposeScope("p", new FakeClock());
    await scope.dispose("stop", 500);
    let reason = "";
    scope.add((given) => void (reason = given));
    expect(reason).toBe("stop");
  });
});
