import type { CheckedCore } from "./core-schema.ts";
import type { KeyPath } from "./key-path.ts";
import type { GatewayVersion, TlsConfig, TlsVersion } from "./resolved-config.ts";

/** An endpoint before its URL and its sign-in are checked. */
export interface WrittenEndpoint {
  readonly url: string;
  readonly urlPath: KeyPath;
  readonly priority: number;
  /** Where its `auth` stands; undefined when there is none. */
  readonly authPath: KeyPath | undefined;
  readonly tls: TlsConfig;
  readonly tlsPath: KeyPath;
}

/** The endpoints as written: that of `gateway.url`, or those of `gateway.endpoints` with what they take over. */
export function writtenEndpoints({ gateway }: CheckedCore): readonly WrittenEndpoint[] {
  const tls = tlsOfGateway(gateway);
  const tlsPath = ["gateway", "tls"];
  const authPath = gateway.auth === undefined ? undefined : ["gateway", "auth"];
  const endpoints: WrittenEndpoint[] = [];
  if (gateway.url !== undefined) {
    endpoints.push({ url: gateway.url, urlPath: ["gateway", "url"], priority: 0, authPath, tls, tlsPath });
  }
  for (const [index, endpoint] of (gateway.endpoints ?? []).entries()) {
    const path = ["gateway", "endpoints", `${index}`];
    const { min_version: ownVersion, ...own } = endpoint.tls ?? {};
    endpoints.push({
      url: endpoint.url,
      urlPath: [...path, "url"],
      priority: endpoint.priority ?? index,
      authPath: endpoint.auth === undefined ? authPath : [...path, "auth"],
      tls: { ...tls, ...own, ...(ownVersion === undefined ? {} : { min_version: tlsVersion(ownVersion) }) },
      tlsPath: endpoint.tls === undefined ? tlsPath : [...path, "tls"],
    });
  }
  return endpoints;
}

/** `gateway.tls`, in one spelling. */
export function tlsOfGateway({ tls: { min_version, ...rest } }: CheckedCore["gateway"]): TlsConfig {
  return { ...rest, min_version: tlsVersion(min_version) };
}

function tlsVersion(written: CheckedCore["gateway"]["tls"]["min_version"]): TlsVersion {
  return String(written).endsWith("1.3") ? "TLSv1.3" : "TLSv1.2";
}

/** `gateway.version`, in one spelling. */
export function gatewayVersion(written: CheckedCore["gateway"]["version"]): GatewayVersion {
  if (written === "auto" || written === "custom") return written;
  return String(written).endsWith("1") ? "1" : "2";
}
