import type { AuthContext, LoginPerson } from "@mcp-router/core/plugin";
import type { TokenServer } from "./find-server.ts";
import type { Oauth2Options } from "./options.ts";

/** What a person's sign-in needs. */
export interface Login {
  readonly options: Oauth2Options;
  readonly context: AuthContext;
  readonly server: TokenServer;
  readonly person: LoginPerson;
  readonly warn: (message: string) => void;
}
