import { describe, expect, it } from "vitest";
import type { CredentialDraft, CredentialReason } from "../plugin/credential.ts";
import { DialError } from "../plugin/dial-error.ts";
import { Secret } from "../plugin/secret.ts";
import { TEST_ENDPOINT } from "../testing/test-endpoint.ts";
import { CredentialSource } from "./credential-source.ts";

/** A provider whose answers wait for the test. */
function heldProvider() {
  const asked: { draft: CredentialDraft; answer: (token: string) => void; fail: (error: unknown) => void }[] = [];
  return {
    asked,
    authenticate: (draft: CredentialDraft) =>
      new Promise<void>((resolve, reject) => {
        const answer = (token: string): void => {
          draft.bearer = new Secret(token);
          resolve();
        };
        asked.push({ draft, answer, fail: reject });
      }),
  };
}

const signal = new AbortController().signal;
const tick = () => new Promise((resolve) => setImmediate(resolve));

function sourceOf(provider: ReturnType<typeof heldProvider>) {
  return new CredentialSource({ endpoint: TEST_ENDPOINT, provider, complete: () => undefined });
}

describe("CredentialSource", () => {
  it("asks once for all who ask meanwhile, and again afterwards", async () => {
    const provider = heldProvider();
    const source = sourceOf(provider);
    const both = [source.get("dial", signal), source.get("expiry", signal)];
    expect(provider.asked).toHaveLength(1);
    provider.asked[0]?.answer("one");
    const [first, second] = await Promise.all(both);
    expect(first?.bearer?.reveal()).toBe("one");
    expect(second).toBe(first);
    const later = source.get("dial", signal);
    provider.asked[1]?.answer("two");
    expect((await later).bearer?.reveal()).toBe("two");
  });

  it.each(["rejected", "changed"] as const)(
    "asks anew, and after the other, when the credential in the making was %s",
    async (reason) => {
      const provider = heldProvider();
      const source = sourceOf(provider);
      const dial = source.get("dial", signal);
      const newer = source.get(reason, signal);
      const joined = reason === "rejected" ? source.get("rejected", signal) : undefined;
      await tick();
      expect(provider.asked).toHaveLength(1);
      provider.asked[0]?.answer("old");
      await tick();
      expect(provider.asked.map(({ draft }) => draft.reason)).toEqual(["dial", reason]);
      provider.asked[1]?.answer("new");
      expect((await dial).bearer?.reveal()).toBe("old");
      expect((await newer).bearer?.reveal()).toBe("new");
      if (joined !== undefined) expect(await joined).toBe(await newer);
    },
  );

  it("goes on to the newer request when the older fails", async () => {
    const provider = heldProvider();
    const source = sourceOf(provider);
    const dial = source.get("dial", signal);
    const newer = source.get("changed", signal);
    provider.asked[0]?.fail(new Error("token file is gone"));
    await expect(dial).rejects.toThrow("token file is gone");
    await tick();
    provider.asked[1]?.answer("new");
    expect((await newer).bearer?.reveal()).toBe("new");
  });

  it("keeps what the gateway has handed out until the provider has another bearer, or it is refused", async () => {
    let bearer = "own";
    const authenticate = (draft: CredentialDraft) => void (draft.bearer = new Secret(bearer));
    const provider = { authenticate };
    const source = new CredentialSource({ endpoint: TEST_ENDPOINT, provider, complete: () => undefined });
    const given = async (reason: CredentialReason) => (await source.get(reason, signal)).bearer?.reveal();
    await given("dial");
    source.rotate(new Secret("rotated"));
    expect([await given("dial"), await given("changed")]).toEqual(["rotated", "rotated"]);
    bearer = "own, newer";
    expect([await given("dial"), await given("changed")]).toEqual(["rotated", "own, newer"]);
    source.rotate(new Secret("rotated again"));
    expect([await given("rejected"), await given("dial")]).toEqual(["own, newer", "own, newer"]);
  });

  it("completes the provider's draft with the onAuth taps", async () => {
    const provider = heldProvider();
    const source = new CredentialSource({
      endpoint: TEST_ENDPOINT,
      provider,
      complete: async (draft) => void draft.headers.set("x-team", "blue"),
    });
    const credential = source.get("dial", signal);
    provider.asked[0]?.answer("t");
    expect([...(await credential).headers]).toEqual([["x-team", "blue"]]);
  });

  it("gives an empty credential without a provider", async () => {
    const source = new CredentialSource({ endpoint: TEST_ENDPOINT, provider: undefined, complete: () => undefined });
    expect(await source.get("dial", signal)).toMatchObject({ bearer: undefined, reason: "dial" });
  });

  it("turns any failure into a permanent dial error that names the endpoint, and keeps a dial error", async () => {
    const provider = heldProvider();
    const source = sourceOf(provider);
    const failing = source.get("dial", signal);
    provider.asked[0]?.fail("a word");
    await expect(failing).rejects.toMatchObject({ reason: "credential", permanent: true, phase: "auth" });
    await expect(failing).rejects.toThrow("no credential for ws://gateway.test: a word");
    const own = new DialError("credential", "sign in first", { hint: "Run login." });
    const second = source.get("dial", signal);
    provider.asked[1]?.fail(own);
    await expect(second).rejects.toBe(own);
  });

  it("asks again for who has joined a request that its maker gave up", async () => {
    const provider = heldProvider();
    const source = sourceOf(provider);
    const abort = new AbortController();
    const maker = source.get("dial", abort.signal);
    const joined = [source.get("dial", signal), source.get("expiry", signal)];
    abort.abort(new Error("no longer needed"));
    await expect(maker).rejects.toThrow("no longer needed");
    await tick();
    expect(provider.asked).toHaveLength(2);
    provider.asked[1]?.answer("fine");
    expect((await Promise.all(joined)).map(({ bearer }) => bearer?.reveal())).toEqual(["fine", "fine"]);
  });

  it("does not wait for a provider that never answers, nor lets it block the next request", async () => {
    const provider = heldProvider();
    const source = sourceOf(provider);
    const abort = new AbortController();
    const stuck = source.get("dial", abort.signal);
    const joined = new AbortController();
    const alsoStuck = source.get("dial", joined.signal);
    joined.abort(new Error("late"));
    await expect(alsoStuck).rejects.toThrow("late");
    abort.abort(new Error("too late"));
    await expect(stuck).rejects.toThrow("too late");
    const next = source.get("dial", signal);
    expect(provider.asked).toHaveLength(2);
    provider.asked[1]?.answer("fine");
    expect((await next).bearer?.reveal()).toBe("fine");
  });
});
