import { RouterError } from "../errors/router-error.ts";
import { member } from "../message/json-member.ts";
import type { RawMessage } from "../message/raw-message.ts";
import type { JsonObject } from "../plugin/json.ts";
import type { ProbeClient, ProbeContext } from "./probe-context.ts";
import type { ProbeFacts } from "./probe-step.ts";
import type { ProbeSession } from "./probe-session.ts";

const SESSIONS = "2025-11-25";
/** The revision without sessions: every request says for itself who asks. */
const SELF_CONTAINED = "2026-07-28";
const META = "io.modelcontextprotocol";

/** What the server behind the gateway has said of itself. */
export interface Greeting {
  readonly facts: ProbeFacts;
  /** Whether the server says that it has tools. */
  readonly tools: boolean;
  /** What further requests carry in their params. */
  readonly params: JsonObject;
  /** Whether the server answers MCP's own `ping`. */
  readonly pings: boolean;
  readonly reply: RawMessage;
}

/** Says `initialize`; a server that refuses it is asked by `server/discover`. @throws RouterError */
export async function greet({ client, loaded }: ProbeContext, session: ProbeSession): Promise<Greeting> {
  const limitMs = limitOf(loaded.config.core.local.request_timeout_ms);
  const capabilities = {};
  const params = { protocolVersion: SESSIONS, capabilities, clientInfo: { ...client } };
  const reply = await session.ask("initialize", params, limitMs);
  if (reply.kind === "response") {
    session.notify("notifications/initialized");
    return greetingOf(reply, "initialize", {}, member(member(reply.json, "result"), "serverInfo"));
  }
  const meta = metaOf(client);
  const discovered = await session.ask("server/discover", meta, limitMs);
  if (discovered.kind !== "response") throw refusalOf("initialize", reply);
  const info = member(member(member(discovered.json, "result"), "_meta"), `${META}/serverInfo`);
  return greetingOf(discovered, "server/discover", meta, info);
}

function greetingOf(
  reply: RawMessage,
  by: "initialize" | "server/discover",
  params: JsonObject,
  info: ReturnType<typeof member>,
): Greeting {
  const result = member(reply.json, "result");
  const versions = member(result, "supportedVersions");
  const protocol = Array.isArray(versions) ? versions.join(" ") : member(result, "protocolVersion");
  const [name, version] = [member(info, "name"), member(info, "version")];
  if (typeof protocol !== "string") {
    throw new RouterError("BAD_UPSTREAM_REPLY", `the answer to ${by} names no protocol version`, {
      hint: "What answers there is no MCP server: check the path of gateway.url and gateway.namespace.",
    });
  }
  return {
    facts: {
      ...(typeof name === "string" && { server: typeof version === "string" ? `${name} ${version}` : name }),
      protocol,
      ...(by === "server/discover" && { by }),
    },
    tools: member(member(result, "capabilities"), "tools") !== undefined,
    params,
    pings: by === "initialize",
    reply,
  };
}

/** An error of JSON-RPC, as what it means for a test. */
export function refusalOf(method: string, reply: RawMessage): RouterError {
  const error = member(reply.json, "error");
  const said = `${JSON.stringify(member(error, "code") ?? null)} ${JSON.stringify(member(error, "message") ?? "")}`;
  return new RouterError("SERVER_ERROR", `the server behind the gateway refused ${method}: ${said}`, {
    hint: "The gateway works; the log of the MCP server behind it tells more. gateway.namespace decides which server is asked.",
  });
}

/** 0 is no limit for a router; a test ends. */
export function limitOf(requestTimeoutMs: number): number {
  return requestTimeoutMs === 0 ? 60_000 : requestTimeoutMs;
}

function metaOf(client: ProbeClient): JsonObject {
  return {
    _meta: {
      [`${META}/protocolVersion`]: SELF_CONTAINED,
      [`${META}/clientInfo`]: { ...client },
      [`${META}/clientCapabilities`]: {},
    },
  };
}
