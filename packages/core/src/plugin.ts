/**
 * The author's entry, `@mcp-router/core/plugin`: types, and functions small enough to have no dependency.
 *
 * @packageDocumentation
 */
export { PLUGIN_API_VERSION } from "./plugin/brand.ts";
export { authSlot, definePlugin } from "./plugin/define-plugin.ts";
export type {
  AuthSlot,
  CommandSlot,
  Contributions,
  FramingSlot,
  Plugin,
  PluginDefinition,
  PluginOptions,
  SectionOptions,
  Sections,
  TransportSlot,
} from "./plugin/define-plugin.ts";
export { definePreset } from "./plugin/define-preset.ts";
export type { Preset, PresetDefinition } from "./plugin/define-preset.ts";
export { drop, hold, reject, reply } from "./plugin/verdict.ts";
export type {
  DropVerdict,
  HoldVerdict,
  RejectVerdict,
  ReplyVerdict,
  SettledVerdict,
  Verdict,
} from "./plugin/verdict.ts";
export { FAIL_OPEN_STAGES, refuse, STAGES } from "./plugin/hooks.ts";
export type {
  ConnectAttempt,
  ConnectRefusal,
  Failure,
  Hooks,
  Inbound,
  LinkChange,
  LinkState,
  Outbound,
  RequestView,
  Settled,
  SignalFrom,
  Stage,
  TapOptions,
  TapPoint,
} from "./plugin/hooks.ts";
export { escapeForPeople } from "./errors/escape.ts";
export { RouterError } from "./errors/router-error.ts";
export type { RouterErrorOptions } from "./errors/router-error.ts";
export { REASON_CODES, RequestError } from "./plugin/request-error.ts";
export type { Outcome, Reason, RequestErrorOptions } from "./plugin/request-error.ts";
export { DialError } from "./plugin/dial-error.ts";
export type { DialErrorOptions, DialReason } from "./plugin/dial-error.ts";
export { Secret } from "./plugin/secret.ts";
export { readClientIdentity } from "./plugin/client-identity.ts";
export type { ClientIdentity, IdentityProblem, WrittenIdentity } from "./plugin/client-identity.ts";
export { WatchedMaterial } from "./plugin/watched-material.ts";
export type { WatchedMaterialOptions } from "./plugin/watched-material.ts";
export { serviceKey } from "./plugin/service-key.ts";
export type { ServiceKey } from "./plugin/service-key.ts";
export type { Account, AccountStatus, AuthContext, AuthProvider, LoginPerson } from "./plugin/auth-provider.ts";
export type { Credential, CredentialDraft, CredentialReason, TlsMaterial } from "./plugin/credential.ts";
export type { ConnectionOptions, Endpoint, TlsOptions } from "./plugin/endpoint.ts";
export type {
  ControlFrame,
  DelimiterCodec,
  FrameCodec,
  FrameHeader,
  FrameKind,
  FrameOpening,
  FrameProblem,
  HeaderCodec,
} from "./plugin/framing.ts";
export type { DialStep, DialTrace } from "./plugin/dial-trace.ts";
export type { ProxyDecision, ProxyFor, ProxyServer } from "./plugin/proxy.ts";
export type { DisposeReason, PluginHost } from "./plugin/host.ts";
export type { JsonArray, JsonObject, JsonValue } from "./plugin/json.ts";
export type { InferOptions, JsonSchema } from "./plugin/json-schema.ts";
export { LINK_HEALTH } from "./plugin/link-health.ts";
export type {
  ConnectionHealth,
  GatewayFeatures,
  GatewayHealth,
  GatewayState,
  HealthProbe,
  LinkHealth,
  VersionSource,
} from "./plugin/link-health.ts";
export type { Logger, LogLevel, LogMethod } from "./plugin/logger.ts";
export type { Message, MessageKind } from "./plugin/message.ts";
export type { Counter, Gauge, Labels, MetricsScope } from "./plugin/metrics.ts";
export type {
  Channel,
  ChannelEnd,
  ChannelInfo,
  ChannelSink,
  GatewaySignal,
  HealthAnswer,
  SendFacts,
  SendResult,
  Transport,
  TransportContext,
} from "./plugin/transport.ts";
