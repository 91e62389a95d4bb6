import { type AuthContext, type CredentialReason, DialError, type InferOptions } from "@mcp-router/core/plugin";
import type { bearerSchema } from "./bearer-schema.ts";
import { checkToken } from "./check-token.ts";
import { TokenFile } from "./token-file.ts";
import { WarnOnce } from "./warn-once.ts";

/** Where a token comes from. */
export interface TokenSource {
  /** For messages: “the environment variable MCP_AUTH_TOKEN”. */
  readonly name: string;
  /** How another token gets to the router. */
  readonly renewal: string;
  /**
   * The token as it is now, checked.
   *
   * @throws DialError `credential` when there is none that can be used.
   */
  read(reason: CredentialReason): string | Promise<string>;
}

type BearerOptions = InferOptions<typeof bearerSchema>;

function environmentToken(variable: string, context: AuthContext): TokenSource {
  const name = `the environment variable ${variable}`;
  const { warn } = new WarnOnce(context.log);
  return {
    name,
    renewal: `Set ${variable} to a valid token and start the router again.`,
    read() {
      const text = context.env[variable];
      if (text === undefined || text === "") {
        const state = text === undefined ? "not set" : "empty";
        throw new DialError("credential", `There is no token: ${name} (auth.token_env) is ${state}.`, {
          hint: `Set it where the router is started: export ${variable}=… in a shell, or claude mcp add -e ${variable}=… for Claude CLI, which passes on only what it is told to.`,
          phase: "auth",
        });
      }
      return checkToken(text, name, warn);
    },
  };
}

function writtenToken(text: string, context: AuthContext): TokenSource {
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

/**
 * The source that the options name.
 *
 * @throws DialError `credential` when they name none or several.
 */
export function tokenSource(options: BearerOptions, context: AuthContext): TokenSource {
  const { token_env: variable, token_file: file, token } = options;
  const named = [variable, file, token].filter((value) => value !== undefined).length;
  if (named === 1) {
    if (variable !== undefined) return environmentToken(variable, context);
    if (file !== undefined) return new TokenFile(context.resolvePath(file), context);
    if (token !== undefined) return writtenToken(token, context);
  }
  throw new DialError(
    "credential",
    `auth.type bearer needs exactly one of token_env, token_file and token; there ${named === 0 ? "is none" : `are ${named}`}.`,
    { hint: "For example: auth: { type: bearer, token_env: MCP_AUTH_TOKEN }", phase: "auth" },
  );
}
