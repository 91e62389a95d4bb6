import type { ScenarioPart } from "../scenario-context.ts";

const QUIET = "demo://resource/dynamic/text/51";
const LOUD = "demo://resource/dynamic/text/52";

/** Log messages: the level that was asked for decides. The server logs subscriptions as `info`. */
export const changeLogLevel: ScenarioPart = async ({ client, step, until }) => {
  await step("log warnings only", () => client.setLoggingLevel("warning"));
  await step("subscribe without being told", () => client.subscribeResource(QUIET));
  await step("unsubscribe without being told", () => client.unsubscribeResource(QUIET));
  await step("log everything", () => client.setLoggingLevel("debug"));
  await step("subscribe and be told", () => client.subscribeResource(LOUD));
  await until("log of the subscription", (notification) => JSON.stringify(notification).includes(LOUD));
  await step("unsubscribe and be told", () => client.unsubscribeResource(LOUD));

  await step("start random logging", () => client.callTool("toggle-simulated-logging", {}));
  await until("random message", (notification) => /[a-z]+[- ]level[- ]message/i.test(JSON.stringify(notification)));
  await step("stop random logging", () => client.callTool("toggle-simulated-logging", {}));
};
