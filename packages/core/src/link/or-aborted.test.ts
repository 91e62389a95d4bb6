import { describe, expect, it } from "vitest";
import { orAborted } from "./or-aborted.ts";

describe("orAborted", () => {
  it("gives what comes, and lets go of the signal", async () => {
    const { signal } = new AbortController();
    await expect(orAborted(Promise.resolve(7), signal)).resolves.toBe(7);
    await expect(orAborted(Promise.reject(new Error("no")), signal)).rejects.toThrow("no");
  });

  it("ends at the abort for what does not heed it", async () => {
    const abort = new AbortController();
    const waiting = orAborted(new Promise(() => {}), abort.signal);
    abort.abort(new Error("enough"));
    await expect(waiting).rejects.toThrow("enough");
    await expect(orAborted(new Promise(() => {}), abort.signal)).rejects.toThrow("enough");
  });

  it("makes an error of anything that was thrown", async () => {
    const thrown: unknown = "words";
    await expect(orAborted(Promise.reject(thrown), new AbortController().signal)).rejects.toThrow("words");
  });
});
