import { expect, test } from "vitest";

import { CountingServer } from "../testing/counting-server.ts";
import { EnvelopeClient } from "../testing/envelope-client.ts";
import { start } from "../testing/started-gateways.ts";

test("an answer arrives on another connection, unless there is none", async () => {
  const gateway = await start({
    session: new CountingServer().session,
    faults: [{ fault: "wrong-connection" }, { fault: "twice" }],
  });
  const first = await EnvelopeClient.open(gateway.url);
  expect(await first.request({ id: 1, method: "x" })).toMatchObject({ id: 1 });
  await first.next();

  const second = await EnvelopeClient.open(gateway.url);
  const envelopeId = second.send({ jsonrpc: "2.0", id: 2, method: "x" });
  expect(await first.next()).toMatchObject({ correlation_id: envelopeId, mcp_payload: { id: 2 } });
  expect(await first.next()).toMatchObject({ correlation_id: envelopeId, mcp_payload: { id: 2 } });
  expect(second.frames).toEqual([]);
  expect(gateway.sessions()).toMatchObject([
    { id: "s1", sent: 4 },
    { id: "s2", sent: 0 },
  ]);
});
