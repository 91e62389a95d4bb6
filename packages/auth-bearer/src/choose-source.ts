import { type AuthContext, DialError, type InferOptions } from "@mcp-router/core/plugin";
import type { bearerSchema } from "./bearer-schema.ts";
import { CommandToken } from "./command-token.ts";
import { environmentToken } from "./environment-token.ts";
import { TokenFile } from "./token-file.ts";
import type { TokenSource } from "./token-source.ts";
import { writtenToken } from "./written-token.ts";

/**
 * The source that the options name.
 *
 * @throws DialError `credential` when they name none or several.
 */
export function chooseSource(options: InferOptions<typeof bearerSchema>, context: AuthContext): TokenSource {
  const { token_env: variable, token_file: file, token_command: command, token } = options;
  const named = [variable, file, command, token].filter((value) => value !== undefined).length;
  if (named === 1) {
    if (variable !== undefined) return environmentToken(variable, context);
    if (file !== undefined) return new TokenFile(context.resolvePath(file), context);
    if (command !== undefined) {
      const seconds = options.token_command_ttl_seconds;
      return new CommandToken({ command, ttlMs: seconds === undefined ? undefined : seconds * 1000 }, context);
    }
    if (token !== undefined) return writtenToken(token, context);
  }
  throw new DialError(
    "credential",
    `auth.type bearer needs exactly one of token_env, token_file, token_command and token; there ${named === 0 ? "is none" : `are ${named}`}.`,
    { hint: "For example: auth: { type: bearer, token_env: MCP_AUTH_TOKEN }", phase: "auth" },
  );
}
