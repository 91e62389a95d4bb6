import type { CheckedCore } from "./core-schema.ts";
import { tlsOfGateway, writtenEndpoints } from "./endpoints.ts";
import type { IssueDraft } from "./issue-draft.ts";
import { formatKey } from "./key-path.ts";

/** Checks what a schema cannot say about core's own keys. */
export function checkCore(core: CheckedCore): readonly IssueDraft[] {
  return [...checkReconnect(core), ...checkTls(core), ...checkNamespaceRules(core), ...checkPluginIds(core)];
}

function checkReconnect({ gateway: { reconnect } }: CheckedCore): readonly IssueDraft[] {
  if (reconnect.max_delay_ms >= reconnect.initial_delay_ms) return [];
  const message = `gateway.reconnect.max_delay_ms (${reconnect.max_delay_ms}) is below gateway.reconnect.initial_delay_ms (${reconnect.initial_delay_ms}); the longest pause cannot be shorter than the first`;
  return [{ code: "CONFLICT", path: ["gateway", "reconnect", "max_delay_ms"], message }];
}

function checkTls(core: CheckedCore): readonly IssueDraft[] {
  const issues = new Map<string, IssueDraft>();
  const add = (path: readonly string[], message: string) => {
    issues.set(formatKey(path), { code: "CONFLICT", path, message });
  };
  // Also without an endpoint: what is wrong here is wrong for any.
  const places = [{ tls: tlsOfGateway(core.gateway), tlsPath: ["gateway", "tls"] }, ...writtenEndpoints(core)];
  for (const { tls, tlsPath } of places) {
    const key = formatKey(tlsPath);
    if (tls.client_cert !== undefined && tls.client_key === undefined) {
      add([...tlsPath, "client_cert"], `${key}.client_cert needs ${key}.client_key beside it`);
    }
    if (tls.client_key !== undefined && tls.client_cert === undefined) {
      add([...tlsPath, "client_key"], `${key}.client_key needs ${key}.client_cert beside it`);
    }
    if (tls.client_key_passphrase_env !== undefined && tls.client_key === undefined) {
      add(
        [...tlsPath, "client_key_passphrase_env"],
        `${key}.client_key_passphrase_env needs ${key}.client_key beside it`,
      );
    }
    if (tls.ca_only && tls.ca_cert_path === undefined) {
      add([...tlsPath, "ca_only"], `${key}.ca_only trusts nobody without ${key}.ca_cert_path; add it`);
    }
  }
  return [...issues.values()];
}

function checkNamespaceRules({ gateway: { namespace } }: CheckedCore): readonly IssueDraft[] {
  return namespace.rules.flatMap((rule, index): readonly IssueDraft[] => {
    if ((rule.method === undefined) !== (rule.tool === undefined)) return [];
    const path = ["gateway", "namespace", "rules", `${index}`];
    const problem = rule.method === undefined ? "has neither method nor tool" : "has both method and tool";
    return [{ code: "CONFLICT", path, message: `${formatKey(path)} ${problem}; write one of them` }];
  });
}

function checkPluginIds({ plugins }: CheckedCore): readonly IssueDraft[] {
  const places = new Map<string, string>();
  return plugins.flatMap(({ use, id, enabled }, index): readonly IssueDraft[] => {
    if (!enabled) return [];
    const path = ["plugins", `${index}`];
    const name = id ?? use;
    const first = places.get(name);
    if (first === undefined) {
      places.set(name, formatKey(path));
      return [];
    }
    const message = `${formatKey(path)} is called "${name}" like ${first}; give one of them another id`;
    return [{ code: "DUPLICATE_PLUGIN", path, message }];
  });
}

/** What is allowed and deserves a word. */
export function warnAboutCore(core: CheckedCore): readonly string[] {
  const { connection } = core.gateway;
  const warnings: string[] = [];
  if (connection.keepalive_interval_ms < 10_000) {
    warnings.push(
      `gateway.connection.keepalive_interval_ms is ${connection.keepalive_interval_ms}: heartbeats more often than every 10 s cost the gateway work`,
    );
  }
  if (connection.max_idle_per_host > connection.pool_size) {
    warnings.push(
      `gateway.connection.max_idle_per_host (${connection.max_idle_per_host}) is above pool_size (${connection.pool_size}) and counts as that`,
    );
  }
  for (const { tls, tlsPath } of writtenEndpoints(core)) {
    if (!tls.verify) {
      warnings.push(
        `${formatKey(tlsPath)}.verify is false: anyone on the way can pose as the gateway and read every credential`,
      );
    }
  }
  return [...new Set(warnings)];
}
