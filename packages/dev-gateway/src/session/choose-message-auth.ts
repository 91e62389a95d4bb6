import type { GatewayOptions } from "../gateway-options.ts";
import { foreignToken, messageAuth } from "./message-auth.ts";
import type { MessageAuth } from "./message-auth.ts";

/** How this gateway looks at the token of a message. */
export function chooseMessageAuth(options: GatewayOptions): MessageAuth {
  if (options.version === "1") return foreignToken(options.onAuthToken ?? "refuse");
  // A bare message has no place for a token.
  if (options.wire === "json-rpc") return messageAuth("off");
  // Over tcp there is no upgrade that has shown one.
  return messageAuth(options.messageAuth ?? (options.transport === "tcp" ? "required" : "when-present"));
}
