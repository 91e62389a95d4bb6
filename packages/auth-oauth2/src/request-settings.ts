import type { AuthContext } from "@mcp-router/core/plugin";
import { allowInsecureRequests, customFetch } from "oauth4webapi";
import type { Fetch } from "./fetch-over-sockets.ts";
import type { TokenServer } from "./find-server.ts";
import type { Oauth2Options } from "./options.ts";

/** Made for one request, and as good as a secret. */
const SECRET_PARAMETERS = ["client_assertion", "code", "code_verifier", "device_code"];

/** How the OAuth library asks a server. That `http:` is for this machine only was seen to before. */
export function settingsFor(server: TokenServer, context: AuthContext) {
  return { [customFetch]: registering(server.fetch, context), [allowInsecureRequests]: true } as const;
}

/** What a token is asked for. */
export function parametersFor({ scopes, audience, resource }: Oauth2Options, { resource: told }: TokenServer) {
  const about = resource ?? told;
  return new URLSearchParams({
    ...(scopes.length === 0 ? {} : { scope: scopes.join(" ") }),
    ...(about === undefined ? {} : { resource: about }),
    ...(audience === undefined ? {} : { audience }),
  });
}

/** Keeps what a request holds out of every log. */
function registering(fetch: Fetch, context: AuthContext): Fetch {
  return async (address, request) => {
    const made = [
      request.headers["authorization"]?.replace(/^\w+ /, ""),
      ...SECRET_PARAMETERS.map((name) => request.body?.get(name)),
    ];
    for (const secret of made) if (typeof secret === "string") context.secret(secret);
    return await fetch(address, request);
  };
}
