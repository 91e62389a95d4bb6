import { describe, expect, it } from "vitest";
import { DialError } from "../plugin/dial-error.ts";
import { linkBench } from "../testing/link-bench.ts";
import { settle } from "../testing/settle.ts";

describe("a link whose connection ends", () => {
  it("takes a refusal of the client certificate, which TLS 1.3 brings after the handshake, for one at once", async () => {
    const { transport, link, states, events, clock } = linkBench();
    transport.policy = "accept";
    link.start();
    await settle();
    const error = new DialError("tls", "the gateway asks for a client certificate");
    transport.channel.lose({ code: undefined, reason: "alert", error });
    await settle();
    expect([states().at(-1), events.at(-1), link.lastError]).toEqual(["refused", "refused tls 60000", error]);
    // Another certificate may mend it.
    await link.renewCredential("changed");
    await clock.advance(0);
    expect(link.state).toBe("open");
  });

  it("keeps why a connection has ended that brought nothing, until one is open again", async () => {
    const { transport, link, clock } = linkBench();
    transport.policy = "accept";
    link.start();
    await clock.advance(0);
    const error = new DialError("unreachable", "it closed the connection without a word");
    transport.channel.lose({ code: undefined, reason: "x", error });
    expect(link.lastError).toBe(error);
    await clock.advance(1000);
    expect([link.state, link.lastError]).toEqual(["open", undefined]);
    transport.channel.deliver("a message");
    transport.channel.lose({ code: undefined, reason: "x", error });
    // Also after one that was of use: whoever waits wants to know.
    expect(link.lastError).toBe(error);
  });
});
