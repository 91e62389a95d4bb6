import { describe, expect, it } from "vitest";
import type { CredentialDraft } from "../plugin/credential.ts";
import { DialError } from "../plugin/dial-error.ts";
import { Secret } from "../plugin/secret.ts";
import { dialTimes, linkBench as bench } from "../testing/link-bench.ts";
import { settle } from "../testing/settle.ts";

const unreachable = new DialError("unreachable", "connection refused");
const unauthorized = new DialError("unauthorized", "401");

describe("a link whose credential is refused", () => {
  it("renews it once and dials at once; then the cause is permanent", async () => {
    const all = bench();
    all.transport.policy = unauthorized;
    all.link.start();
    await settle();
    expect(all.asked).toEqual(["dial", "rejected"]);
    expect(all.events).toEqual(["refused unauthorized 60000"]);
    expect(all.link.lastError?.permanent).toBe(true);
  });

  it("is quiet after that: at most twelve dials in ten minutes, each with another credential", async () => {
    const all = bench();
    all.transport.policy = unauthorized;
    all.link.start();
    expect(await dialTimes(all, 600_000)).toHaveLength(12);
    expect(all.asked.slice(2).every((reason) => reason === "rejected")).toBe(true);
  });

  it("connects when the renewed one is good, and renews again after the next refusal", async () => {
    const all = bench();
    all.link.start();
    for (const _round of [1, 2]) {
      await settle();
      all.transport.dial.refuse(unauthorized);
      await settle();
      const channel = all.transport.dial.accept();
      await settle();
      expect(all.link.state).toBe("open");
      channel.lose();
      await all.clock.advance(1000);
    }
    expect(all.asked.slice(0, 5)).toEqual(["dial", "rejected", "dial", "rejected", "dial"]);
  });

  it("renews again when the gateway was away in between", async () => {
    const { link, transport, clock, asked } = bench();
    link.start();
    for (const error of [unauthorized, unreachable, unauthorized]) {
      await settle();
      transport.dial.refuse(error);
      await clock.advance(1000);
    }
    expect(asked).toEqual(["dial", "rejected", "dial", "rejected"]);
    await settle();
    expect(link.state).toBe("connecting");
  });

  it("dials as soon as the provider has a new one", async () => {
    const { link, transport } = bench();
    transport.policy = unauthorized;
    link.start();
    await settle();
    transport.policy = "accept";
    await link.renewCredential("changed");
    await settle();
    expect(link.state).toBe("open");
  });

  it("does not dial sooner for a new credential when that was not what was wrong", async () => {
    const { link, transport } = bench();
    transport.policy = unreachable;
    link.start();
    await settle();
    await link.renewCredential("changed");
    await settle();
    expect(transport.dials).toHaveLength(1);
  });
});

describe("a link whose credential changes", () => {
  const numbered = () => {
    let count = 0;
    return (draft: CredentialDraft): void => {
      draft.bearer = new Secret(`token ${++count}`);
    };
  };

  it("hands the new one to the owner of an open connection", async () => {
    const { link, transport, credentials } = bench({ authenticate: numbered() });
    transport.policy = "accept";
    link.start();
    await settle();
    await link.renewCredential("changed");
    expect(credentials.map(({ bearer }) => bearer?.reveal())).toEqual(["token 1", "token 2"]);
    expect(transport.dials).toHaveLength(1);
  });

  it("opens with the new one when it changed while the dial was under way", async () => {
    const { link, transport, credentials } = bench({ authenticate: numbered() });
    link.start();
    await settle();
    await link.renewCredential("changed");
    transport.dial.accept();
    await settle();
    expect(credentials.map(({ bearer }) => bearer?.reveal())).toEqual(["token 2"]);
  });

  it.each(["unauthorized", "forbidden", "tls"] as const)(
    "dials at once with the new one when the dial with the old one is refused (%s), and blames the old one alone",
    async (reason) => {
      const rejected: unknown[] = [];
      const authenticate = numbered();
      const { link, transport, asked, credentials } = bench({
        authenticate: (draft) => {
          if (draft.reason === "rejected") rejected.push(draft.rejected?.reveal());
          authenticate(draft);
        },
      });
      link.start();
      await settle();
      await link.renewCredential("changed");
      transport.dial.refuse(new DialError(reason, "not with that"));
      await settle();
      transport.dial.accept();
      await settle();
      expect([link.state, asked]).toEqual(["open", ["dial", "changed", "dial"]]);
      expect(rejected).toEqual([]);
      expect(credentials.map(({ bearer }) => bearer?.reveal())).toEqual(["token 3"]);
    },
  );

  it("tells the provider which one was refused, also when the link has a newer one by now", async () => {
    const rejected: unknown[] = [];
    const authenticate = numbered();
    const { link, transport } = bench({
      authenticate: (draft) => {
        if (draft.reason === "rejected") rejected.push(draft.rejected?.reveal());
        authenticate(draft);
      },
    });
    transport.policy = "accept";
    link.start();
    await settle();
    await link.renewCredential("changed");
    await link.renewCredential("rejected", "token 1");
    await link.renewCredential("rejected", undefined);
    expect(rejected).toEqual(["token 1", "token 3"]);
  });

  it("asks for nothing before the first dial and after the end", async () => {
    const { link, asked } = bench();
    await link.renewCredential("changed");
    link.stop("now");
    await link.renewCredential("changed");
    expect(asked).toEqual([]);
  });

  it("tells why there is none, and does not wait for ever", async () => {
    let failure: (() => Promise<void>) | undefined;
    const { link, transport, clock } = bench({ authenticate: () => failure?.() });
    transport.policy = "accept";
    link.start();
    await settle();
    failure = () => Promise.reject(new Error("file is gone"));
    await expect(link.renewCredential("rejected")).rejects.toMatchObject({ reason: "credential" });
    failure = () => new Promise(() => {});
    const stuck = link.renewCredential("rejected");
    const told = expect(stuck).rejects.toMatchObject({ reason: "timeout", phase: "auth" });
    await clock.advance(5000);
    await told;
  });
});
