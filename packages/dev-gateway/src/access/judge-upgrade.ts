import type { UpgradeAnswer, UpgradeRequest } from "../listeners/upgrade-answer.ts";
import type { BearerGuard } from "./bearer-guard.ts";

/** What the gateway's own checks look at. */
export interface UpgradeRules {
  readonly path: string;
  readonly guard: BearerGuard;
  readonly allowedOrigins: readonly string[];
}

/** The gateway's own checks: path, then origin, then token. */
export function judgeUpgrade(request: UpgradeRequest, rules: UpgradeRules): UpgradeAnswer {
  if (request.url.split("?", 1)[0] !== rules.path) {
    return { status: 404, body: `No MCP endpoint here; it is ${rules.path}\n` };
  }
  const { authorization, origin } = request.headers;
  // Only browsers send an Origin. Without this check any web page could drive the server on the developer's machine.
  if (origin !== undefined && !rules.allowedOrigins.includes(origin)) {
    return { status: 403, body: "This Origin is not allowed\n" };
  }
  if (!rules.guard.acceptsHeader(authorization)) {
    const error = authorization === undefined ? "" : ', error="invalid_token"';
    return {
      status: 401,
      headers: { "WWW-Authenticate": `Bearer realm="mcp-router dev gateway"${error}` },
      body: authorization === undefined ? "A bearer token is required\n" : "The bearer token is not valid\n",
    };
  }
  return { status: 101 };
}
