import type { LedgerAnswer, Nonce } from "@mcp-router/testkit";

import type { Json } from "../../support/json.ts";
import type { Reply } from "../../support/paranoid-client.ts";

/** What the ledger is to know of a reply. An error without an outcome is the gateway's own: the call has run. */
export function ledgerAnswer({ result, error }: Reply): LedgerAnswer {
  if (result !== undefined) return { result: nonceOf(result["nonce"]) ?? "none" };
  const outcome = error?.data["outcome"];
  return outcome === "not_sent" || outcome === "not_executed" || outcome === "unknown"
    ? { outcome }
    : { outcome: "executed" };
}

export function nonceOf(value: Json | undefined): Nonce | undefined {
  return typeof value === "string" || typeof value === "number" ? value : undefined;
}
