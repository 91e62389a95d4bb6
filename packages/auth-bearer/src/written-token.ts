import type { AuthContext } from "@mcp-router/core/plugin";
import { checkToken } from "./check-token.ts";
import type { TokenSource } from "./token-source.ts";
import { WarnOnce } from "./warn-once.ts";

/** A token that stands in the configuration itself; works, with a warning. */
export function writtenToken(text: string, context: AuthContext): TokenSource {
  const name = "the configuration (auth.token)";
  const { warn } = new WarnOnce(context.log);
  warn(
    "auth.token holds the token itself: secrets belong outside the configuration file; use auth.token_env or auth.token_file",
  );
  return {
    name,
    renewal: "Put a valid token into auth.token, or better into a file named by auth.token_file.",
    read: () => checkToken(text, name, warn),
  };
}
