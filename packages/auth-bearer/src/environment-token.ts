import { type AuthContext, DialError } from "@mcp-router/core/plugin";
import { checkToken } from "./check-token.ts";
import type { TokenSource } from "./token-source.ts";
import { WarnOnce } from "./warn-once.ts";

/** The token in an environment variable, which cannot change while the process runs. */
export function environmentToken(variable: string, context: AuthContext): TokenSource {
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
