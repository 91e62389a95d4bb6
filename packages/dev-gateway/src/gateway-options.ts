import type { Writable } from "node:stream";

import type { FaultOptions } from "./faults/fault-options.ts";
import type { FramingName } from "./framing/framing.ts";
import type { GatewayVersion } from "./gateway-version.ts";
import type { TlsIdentity } from "./listeners/tls-handshakes.ts";
import type { UpgradeHook } from "./listeners/upgrade-answer.ts";
import type { LogSink } from "./log/log-entry.ts";
import type { ForeignTokenMode, MessageAuthMode } from "./session/message-auth.ts";
import type { SessionFactory } from "./session/session-handler.ts";
import type { StopDeadlines } from "./stdio/stop-child.ts";
import type { WireName } from "./wire/wire.ts";

/** What a gateway is started with. One of `command` and `session` is needed. */
export interface GatewayOptions {
  /** The stdio MCP server to start for every session: program and arguments, without a shell. */
  readonly command?: readonly string[];
  /** Working directory of `command`. */
  readonly cwd?: string;
  /** Environment of `command`. Default: that of this process. */
  readonly env?: NodeJS.ProcessEnv;
  /** How long `command` may take to end after its stdin, and after SIGTERM. Default 1 s each. */
  readonly deadlines?: StopDeadlines;
  /** Stands behind every session instead of `command`: any program of your own, friendly or hostile. */
  readonly session?: SessionFactory;
  /** WebSocket, or framed TCP. Default `ws`. */
  readonly transport?: "ws" | "tcp";
  /** How messages are framed over tcp. Default `guide`, with wire `json-rpc` `lines`. */
  readonly framing?: FramingName;
  /** Certificate and key, PEM. With it the transport runs over TLS. */
  readonly tls?: TlsIdentity;
  /** Which generation of gateway this is. Version 1 speaks WebSocket only. Default `2`. */
  readonly version?: GatewayVersion;
  /** Whether upgrade answers and `/health` say the version. Default true. */
  readonly announceVersion?: boolean;
  /** With version 1: what is done with a message that carries `auth_token`. Default `refuse`. */
  readonly onAuthToken?: ForeignTokenMode;
  /** Port for plain HTTP with `/health` beside tcp; 0: any free one. Default none. */
  readonly healthPort?: number;
  /** Default `127.0.0.1`. Another host needs a token. */
  readonly host?: string;
  /** Default 0: any free port. */
  readonly port?: number;
  /** Path of the MCP endpoint; over tcp there is none. Default `/mcp`. */
  readonly path?: string;
  /** The bearer tokens that are good. None: no token is asked for. */
  readonly tokens?: readonly string[];
  /** The one token that is good; short for `tokens: [token]`. */
  readonly token?: string;
  /** When the `auth_token` of a message is checked. Default `when-present`; over tcp, where no upgrade shows a token, `required`. */
  readonly messageAuth?: MessageAuthMode;
  /** Default `envelope`. */
  readonly wire?: WireName;
  /** Longest message, both ways. Default 64 MiB. */
  readonly maxMessageBytes?: number;
  /** Answers messages for other namespaces than MCP's own with NOT_FOUND. Default false. */
  readonly rejectUnknownNamespace?: boolean;
  /** Namespaces that are known in addition to MCP's own. */
  readonly namespaces?: readonly string[];
  /** Values of `Origin` that may connect. Default none: browsers stay out. */
  readonly allowedOrigins?: readonly string[];
  /** Refuses or delays upgrades before the gateway's own checks. */
  readonly onUpgrade?: UpgradeHook;
  /** Refuses every request of a connection before its `notifications/initialized`, but `initialize` and `ping`. Default false. */
  readonly requireInitialized?: boolean;
  /** How the gateway misbehaves from the start on. Default not at all. */
  readonly faults?: readonly FaultOptions[];
  /** Makes faults that happen by chance happen alike every time: an integer. Default a new one, see `seed` of the gateway. */
  readonly seed?: number;
  /** Where the log goes: a function, or a stream that gets readable lines. Default nowhere. */
  readonly log?: LogSink | Writable;
}
