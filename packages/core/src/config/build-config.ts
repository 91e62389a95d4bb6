import type { JsonObject, JsonValue } from "../plugin/json.ts";
import type { CollectedSecrets } from "./collect-secrets.ts";
import type { CheckedCore } from "./core-schema.ts";
import { describeConfig } from "./describe-config.ts";
import { gatewayVersion, tlsOfGateway, writtenEndpoints } from "./endpoints.ts";
import { deepFreeze, isObject, memberOf, valueAt } from "./json-object.ts";
import { formatKey, parseKey } from "./key-path.ts";
import type { KeyPath } from "./key-path.ts";
import type { CoreConfig, EndpointConfig, PluginEntry, ResolvedConfig } from "./resolved-config.ts";

export interface ConfigParts {
  /** Valid, with the checked `auth` and `with` in it. */
  readonly core: CheckedCore;
  /** Checked sections by path. */
  readonly sections: ReadonlyMap<string, JsonValue>;
  readonly secrets: CollectedSecrets;
  readonly warnings: readonly string[];
  readonly originAt: (path: KeyPath) => string;
  readonly directoryAt: (path: KeyPath) => string;
}

/** Puts checked parts together to what the router works with. */
export function buildConfig({
  core: checked,
  sections,
  secrets,
  warnings,
  originAt,
  directoryAt,
}: ConfigParts): ResolvedConfig {
  const core = normalise(deepFreeze(checked));
  for (const section of sections.values()) deepFreeze(section);
  const endpoints = writtenEndpoints(checked).map(
    ({ url, priority, authPath = ["gateway", "auth"], tls, tlsPath }): EndpointConfig => {
      const auth = valueAt(checked, authPath);
      return {
        url: new URL(url),
        priority,
        auth: isAuth(auth) ? auth : undefined,
        authKey: formatKey(authPath),
        tls,
        tlsKey: formatKey(tlsPath),
      };
    },
  );
  return Object.freeze({
    core,
    endpoints: Object.freeze(endpoints),
    section: (path: string) => sections.get(path),
    isSwitchedOn: (path: string) => {
      const section = sections.get(path);
      return section !== undefined && memberOf(section, "enabled") !== false;
    },
    authOf: (endpointIndex: number) => endpoints[endpointIndex]?.auth,
    plugins: Object.freeze(checked.plugins.map((entry, index) => pluginEntry(entry, index, originAt, directoryAt))),
    presets: checked.presets,
    warnings: Object.freeze([...warnings]),
    secrets: Object.freeze([...secrets.texts]),
    originOf: (keyPath: string) => originAt(parseKey(keyPath)),
    directoryOf: (keyPath: string) => directoryAt(parseKey(keyPath)),
    toJSON: () =>
      describeConfig({ core, sections, secretPointers: secrets.pointers, secrets: secrets.texts, originAt }),
  });
}

function normalise(core: CheckedCore): CoreConfig {
  const { gateway } = core;
  return deepFreeze({
    ...core,
    gateway: {
      ...gateway,
      version: gatewayVersion(gateway.version),
      tls: tlsOfGateway(gateway),
    },
  });
}

function pluginEntry(
  { use, id, with: options, required, enabled, before, after }: CheckedCore["plugins"][number],
  index: number,
  originAt: (path: KeyPath) => string,
  directoryAt: (path: KeyPath) => string,
): PluginEntry {
  const path = ["plugins", `${index}`];
  return Object.freeze({
    use,
    id,
    with: options,
    required,
    enabled,
    before,
    after,
    key: formatKey(path),
    origin: originAt(path),
    directory: directoryAt(path),
  });
}

function isAuth(value: JsonValue | undefined): value is JsonObject & { readonly type: string } {
  return isObject(value) && typeof value["type"] === "string";
}
