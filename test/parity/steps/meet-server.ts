import type { ScenarioPart } from "../scenario-context.ts";

/** Who the server is, what it offers, and that it asks for the roots soon after the handshake. */
export const meetServer: ScenarioPart = async ({ client, step, until }) => {
  // The server asks for the roots a moment after the handshake; wait, so that its questions come in a fixed order.
  await until("word that the roots arrived", ({ method }) => method === "notifications/message");
  await step("facts of the server", async () => client.facts());
  await step("ping", () => client.ping());
  await step("list tools", () => client.listTools());
  await step("list tools of a page", () => client.listTools("any-cursor"));
};
