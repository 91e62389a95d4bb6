import { Dice } from "@mcp-router/testkit";
import { describe, expect, it } from "vitest";
import { ChunkList } from "./chunk-list.ts";

describe("a chunk list", () => {
  it.each(Array.from({ length: 30 }, (_, seed) => seed))(
    "gives out what was put in, however it is cut (seed %i)",
    (seed) => {
      const dice = new Dice(seed);
      const list = new ChunkList();
      let rest = Buffer.alloc(0);
      for (let step = 0; step < 300; step++) {
        if (dice.chance(0.5)) {
          const chunk = Buffer.from(
            Array.from({ length: dice.pick([0, 1, 3, 200, 511, 512, 3000]) }, () => dice.integer(0, 255)),
          );
          list.push(chunk);
          rest = Buffer.concat([rest, chunk]);
        } else {
          const count = dice.integer(0, Math.min(rest.length, dice.pick([1, 16, 700, 20_000])));
          expect(list.peek(count).equals(rest.subarray(0, count))).toBe(true);
          const from = dice.integer(0, rest.length);
          expect(list.indexOf(7, from)).toBe(rest.indexOf(7, from));
          if (dice.chance(0.8)) expect(list.take(count).equals(rest.subarray(0, count))).toBe(true);
          else list.skip(count);
          rest = rest.subarray(count);
        }
        expect(list.length).toBe(rest.length);
      }
      expect(list.take(rest.length).equals(rest)).toBe(true);
    },
  );

  it("does not copy what lies in one chunk", () => {
    const list = new ChunkList();
    const chunk = Buffer.from("0123456789");
    list.push(chunk);
    list.skip(2);
    const piece = list.take(5);
    expect(piece.toString()).toBe("23456");
    expect([piece.buffer, piece.byteOffset]).toEqual([chunk.buffer, chunk.byteOffset + 2]);
  });

  it("does not change what it has given out when small chunks follow", () => {
    const list = new ChunkList();
    list.push(Buffer.from("a"));
    list.push(Buffer.from("bc"));
    list.push(Buffer.from("de"));
    list.skip(1);
    const piece = list.take(3);
    list.push(Buffer.from("fg"));
    list.push(Buffer.from("hi"));
    expect(piece.toString()).toBe("bcd");
    expect(list.take(5).toString()).toBe("efghi");
  });

  it("keeps large chunks, and the bytes of small ones that have to wait", () => {
    const list = new ChunkList();
    const chunks = [Buffer.alloc(512, "a"), Buffer.alloc(511, "b"), Buffer.alloc(1, "c"), Buffer.alloc(512, "d")];
    for (const chunk of chunks) {
      list.push(chunk);
      chunk.fill("x");
    }
    const kept = list.take(1536).toString();
    expect(kept).toBe(`${"x".repeat(512)}${"b".repeat(511)}c${"x".repeat(512)}`);
  });
});
