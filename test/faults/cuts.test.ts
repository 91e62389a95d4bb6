import type { CutHow, Frame, FrameDeed, Stream } from "@mcp-router/testkit";
import { afterAll, beforeAll, describe, expect, it } from "vitest";

import { SharedScope } from "../support/scope.ts";
import { type FaultRig, startFaultRig } from "./support/fault-rig.ts";
import { EACH_ROW, MATRIX } from "./support/transports.ts";

type Cut = Extract<FrameDeed, "cut_before" | "cut_inside" | "cut_after">;

interface Case {
  readonly stream: Stream;
  readonly cut: Cut;
  readonly how: CutHow;
  /** How often the gateway runs a call that is hit so. */
  readonly runs: readonly number[];
  /** Outcomes that are honest for such a call; `result` is its result. */
  readonly honest: readonly string[];
}

const CASES: readonly Case[] = (["reset", "end"] as const).flatMap((how): readonly Case[] => [
  // What is not whole the gateway throws away; the router cannot always know that, and may then say so.
  { stream: "upstream", cut: "cut_before", how, runs: [0], honest: ["unknown"] },
  { stream: "upstream", cut: "cut_inside", how, runs: [0], honest: ["unknown"] },
  { stream: "upstream", cut: "cut_after", how, runs: [0, 1], honest: ["unknown"] },
  { stream: "downstream", cut: "cut_before", how, runs: [1], honest: ["unknown"] },
  { stream: "downstream", cut: "cut_inside", how, runs: [1], honest: ["unknown"] },
  // The whole reply is there; what follows it is no reason to throw it away, but a reset may take it along.
  {
    stream: "downstream",
    cut: "cut_after",
    how,
    runs: [1],
    honest: how === "end" ? ["result"] : ["result", "unknown"],
  },
]);

/** The frame that carries this nonce, in the request or in the reply. */
function carries(nonce: number): (frame: Frame) => boolean {
  return ({ payload }) => payload.includes(`"nonce":${nonce}}`);
}

describe.each(MATRIX)(EACH_ROW, (row) => {
  const scope = new SharedScope();
  let rig: FaultRig;

  // One session lives through all of them.
  beforeAll(async () => {
    rig = await startFaultRig(row, { scope: scope.add });
    await rig.client.initialize();
  });
  afterAll(async () => {
    try {
      expect(await rig.client.finish()).toEqual({ exitCode: 0, signal: null });
      expect(rig.ledger.violations()).toEqual([]);
      expect(rig.test.count("initialize")).toBe(rig.test.connections);
    } finally {
      await scope.close();
    }
  });

  describe.each(CASES)("a connection cut by $how, $cut of the $stream frame", ({ stream, cut, how, runs, honest }) => {
    it("a call ends once and is not run twice", async () => {
      const nonce = rig.nextNonce;
      const fault = rig.proxy.onFrame({ stream, matches: carries(nonce), do: cut, how });
      const { error } = await rig.call("tools/call", { name: "pay" });
      expect(fault.struck).toHaveLength(1);
      expect(honest).toContain(error?.data["outcome"] ?? "result");
      if (error !== undefined) expect(error).toMatchObject({ code: -31002, data: { reason: "UPSTREAM_LOST" } });
      await rig.recovered();
      expect(runs).toContain(rig.test.asked.filter(({ params }) => params["nonce"] === nonce).length);
      expect(rig.ledger.violations()).toEqual([]);
    });

    it("a list is asked again and answered", async () => {
      const fault = rig.proxy.onFrame({ stream, matches: carries(rig.nextNonce), do: cut, how });
      expect((await rig.call("tools/list")).result).toMatchObject({ method: "tools/list" });
      expect(fault.struck).toHaveLength(1);
      await rig.recovered();
      expect(rig.ledger.violations()).toEqual([]);
    });
  });
});
