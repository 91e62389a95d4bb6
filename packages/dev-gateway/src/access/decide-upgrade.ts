import type { UpgradeAnswer, UpgradeHook, UpgradeRequest } from "../listeners/upgrade-answer.ts";
import { judgeUpgrade } from "./judge-upgrade.ts";
import type { UpgradeRules } from "./judge-upgrade.ts";

/** Asks the hook, which may refuse, then the gateway's own rules. Headers the hook gives with a 101 go on the answer. */
export async function decideUpgrade(
  request: UpgradeRequest,
  rules: UpgradeRules,
  hook: UpgradeHook | undefined,
): Promise<UpgradeAnswer> {
  const wish = await askHook(request, hook);
  if (wish !== undefined && wish.status !== 101) return wish;
  const judgement = judgeUpgrade(request, rules);
  return { ...judgement, headers: { ...judgement.headers, ...wish?.headers } };
}

async function askHook(request: UpgradeRequest, hook: UpgradeHook | undefined): Promise<UpgradeAnswer | undefined> {
  try {
    return await hook?.(request);
  } catch (error) {
    return { status: 500, body: `onUpgrade failed: ${String(error)}\n` };
  }
}
