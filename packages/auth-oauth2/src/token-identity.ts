import type { AuthContext } from "@mcp-router/core/plugin";
import type { Oauth2Options } from "./options.ts";
import { TokenCache } from "./token-cache.ts";
import { tokenFolder } from "./token-folder.ts";

export interface TokenIdentity {
  /** The token endpoint or issuer. */
  readonly server: string;
  /** The resource that the gateway says that it is. */
  readonly resource: string | undefined;
  /** The refresh token of the configuration. */
  readonly seed: string | undefined;
}

/** What routers of one user share about the sign-in that these options describe. */
export function tokenCacheOf(
  options: Oauth2Options,
  { server, resource, seed }: TokenIdentity,
  { env }: AuthContext,
  warn: (message: string) => void,
): TokenCache {
  const { client_id: clientId, grant_type: grantType, scopes, audience = "" } = options;
  const about = options.resource ?? resource ?? "";
  return new TokenCache({
    folder: options.token_cache ? tokenFolder(env) : undefined,
    identity: [server, clientId, grantType, scopes.join(" "), about, audience, seed ?? ""],
    warn,
  });
}

/** Whether somebody has to sign in before there are tokens. */
export function needsPerson({ grant_type: grantType }: Oauth2Options): boolean {
  return grantType === "authorization_code" || grantType === "device_code";
}
