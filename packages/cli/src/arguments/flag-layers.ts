import type { ConfigLayer } from "@mcp-router/core";
import type { JsonObject, JsonValue } from "@mcp-router/core/plugin";

import type { Flags } from "./flags.ts";
import { UsageError } from "./usage-error.ts";

/** The layers of configuration that the flags make, lowest first: one each, so that every value has its origin. */
export function flagLayers(flags: Flags, workingDirectory: string): readonly ConfigLayer[] {
  const layer = (origin: string, value: JsonObject): ConfigLayer => ({
    origin,
    value,
    kind: "flags",
    directory: workingDirectory,
  });
  return [
    ...(flags.url === undefined ? [] : [layer("--url", { gateway: { url: flags.url } })]),
    ...flags.set.map((text) => {
      const { path, value } = parseSetting(text);
      return layer(`--set ${path.join(".")}`, nested(path, value));
    }),
  ];
}

/** Reads `key=value`: the value is JSON where it is valid JSON (`true`, `5`, `["a"]`), and a text otherwise. */
export function parseSetting(text: string): { readonly path: readonly string[]; readonly value: JsonValue } {
  const equals = text.indexOf("=");
  const path = text.slice(0, Math.max(equals, 0)).split(".");
  if (path.some((name) => name.trim() === "")) {
    throw new UsageError(`--set ${text}: expected key=value`, "For example: --set gateway.connection.timeout_ms=2000");
  }
  return { path, value: typed(text.slice(equals + 1)) };
}

function typed(text: string): JsonValue {
  try {
    const value: JsonValue = JSON.parse(text);
    return value;
  } catch {
    return text;
  }
}

function nested([name = "", ...rest]: readonly string[], value: JsonValue): JsonObject {
  // Computed, so that a member called __proto__ becomes a member, which the configuration then refuses.
  return { [name]: rest.length === 0 ? value : nested(rest, value) };
}
