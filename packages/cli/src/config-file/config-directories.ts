import { homedir } from "node:os";
import { join } from "node:path";

/** The environment variables of a process. */
export interface Environment {
  readonly [name: string]: string | undefined;
}

/** Where a user keeps a configuration for all projects. */
export function userConfigDirectory(env: Environment, platform: NodeJS.Platform = process.platform): string {
  if (platform === "win32" && isSet(env["APPDATA"])) return join(env["APPDATA"], "mcp-router");
  if (isSet(env["XDG_CONFIG_HOME"])) return join(env["XDG_CONFIG_HOME"], "mcp-router");
  return join(homeOf(env), ".config", "mcp-router");
}

/** Where a machine keeps one for all users. */
export function systemConfigDirectory(env: Environment, platform: NodeJS.Platform = process.platform): string {
  if (platform === "win32") return join(env["PROGRAMDATA"] ?? "C:\\ProgramData", "mcp-router");
  return "/etc/mcp-router";
}

/** Where the router keeps what it must remember, such as trust. */
export function stateDirectory(env: Environment, platform: NodeJS.Platform = process.platform): string {
  if (platform === "win32" && isSet(env["LOCALAPPDATA"])) return join(env["LOCALAPPDATA"], "mcp-router");
  if (isSet(env["XDG_STATE_HOME"])) return join(env["XDG_STATE_HOME"], "mcp-router");
  return join(homeOf(env), ".local", "state", "mcp-router");
}

function homeOf(env: Environment): string {
  return isSet(env["HOME"]) ? env["HOME"] : homedir();
}

// The XDG specification: an empty variable counts as unset.
function isSet(value: string | undefined): value is string {
  return value !== undefined && value !== "";
}
