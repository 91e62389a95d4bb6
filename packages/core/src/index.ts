/**
 * The host's entry, `@mcp-router/core`: everything an application needs to run a router, and everything of the author's
 * entry `@mcp-router/core/plugin`.
 *
 * @packageDocumentation
 */
export * from "./plugin.ts";
export { createRouter } from "./create-router.ts";
export { loadConfig } from "./load-router.ts";
export { loadPluginCommands } from "./plugin-commands.ts";
export type { PluginCommand } from "./plugin-commands.ts";
export type { LoadOptions } from "./load-router.ts";
export type { HookPlace, LoadedPlugin, Router, RouterOptions, RunEnd } from "./router-options.ts";
export type { Clock, Timer } from "./clock.ts";
export type { ConfigLayer, SourcePosition } from "./config/layers.ts";
export type { ConfigDescription, ResolvedConfig } from "./config/resolved-config.ts";
export { composeRootSchema } from "./config/compose-schema.ts";
export { ConfigError } from "./errors/config-error.ts";
export type { ConfigIssue, ConfigIssueCode } from "./errors/config-error.ts";
export { PluginLoadError } from "./host/plugin-load-error.ts";
export type { LoadPhase, PluginFailure } from "./host/plugin-load-error.ts";
export type { LoadedManifest } from "./host/manifest.ts";
export { openAccounts } from "./account/open-accounts.ts";
export type { Accounts, EndpointAccount } from "./account/open-accounts.ts";
export { openProbe } from "./probe/open-probe.ts";
export type { Probe, ProbeEndpoint, ProbeOptions, SignInProbeOptions } from "./probe/open-probe.ts";
export type { ProbeClient } from "./probe/probe-context.ts";
export type { ProbeFacts, ProbeFault, ProbeStatus, ProbeStep, ProbeStepName } from "./probe/probe-step.ts";
export { Redactor } from "./redactor.ts";
export { silentLogger } from "./silent-logger.ts";
