export { startGateway } from "./start-gateway.ts";
export { devGatewayCommand } from "./command/dev-gateway-command.ts";
export { stdioServer } from "./stdio/stdio-server.ts";
export { wrapSession } from "./session/wrap-session.ts";
export { streamLog } from "./log/stream-log.ts";
export { GATEWAY_VERSION, GATEWAY_VERSIONS } from "./gateway-version.ts";

export type { DevGateway, DropOptions, ForOneSession } from "./dev-gateway.ts";
export type { GatewayOptions } from "./gateway-options.ts";
export type { GatewayVersion } from "./gateway-version.ts";
export type { Envelope } from "./envelope/envelope.ts";
export type { GatewayFault, GatewayFaultCode } from "./envelope/gateway-fault.ts";
export type { JsonObject, JsonValue } from "./envelope/json-value.ts";
export type {
  Faulted,
  FrameReceived,
  FrameSent,
  GatewayEvents,
  SessionClosed,
  SessionOpened,
  UpgradeRefused,
} from "./events/gateway-events.ts";
export type { FaultName, FaultOptions } from "./faults/fault-options.ts";
export type { ForgetOptions } from "./faults/forget-sessions.ts";
export type { RestartOptions } from "./faults/restart.ts";
export type { StallOptions } from "./faults/stall.ts";
export type { FramingName } from "./framing/framing.ts";
export type { GatewayHealth } from "./http/gateway-health.ts";
export type { FrameOptions } from "./listeners/connection.ts";
export type { TlsIdentity } from "./listeners/tls-handshakes.ts";
export type { UpgradeAnswer, UpgradeHook, UpgradeRequest } from "./listeners/upgrade-answer.ts";
export type { LogEntry, LogLevel, LogSink } from "./log/log-entry.ts";
export type { ForeignTokenMode, MessageAuthMode } from "./session/message-auth.ts";
export type { SendOptions, Session } from "./session/session.ts";
export type { SessionFactory, SessionHandler } from "./session/session-handler.ts";
export type { SessionInfo } from "./session/session-info.ts";
export type { StdioServerOptions } from "./stdio/stdio-server.ts";
export type { StopDeadlines } from "./stdio/stop-child.ts";
export type { WireName } from "./wire/wire.ts";
