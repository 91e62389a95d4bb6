import { readFile } from "node:fs/promises";
import { resolve } from "node:path";
import type { EndpointConfig, ResolvedConfig } from "../config/resolved-config.ts";
import { ConfigError } from "../errors/config-error.ts";
import type { TlsOptions } from "../plugin/endpoint.ts";
import { messageOf } from "../host/tap-faults.ts";

/**
 * Reads the certificates and keys that `gateway.tls`, or the `tls` of the endpoint, names.
 *
 * @throws ConfigError naming the key whose file cannot be read.
 */
export async function readTls(
  endpoint: EndpointConfig,
  config: ResolvedConfig,
  env: { readonly [name: string]: string | undefined },
): Promise<TlsOptions> {
  const { tls } = endpoint;
  const read = async (name: "ca_cert_path" | "client_cert" | "client_key"): Promise<string | undefined> => {
    const path = tls[name];
    if (path === undefined) return undefined;
    const own = `${endpoint.tlsKey}.${name}`;
    const key = config.originOf(own) === "default" ? `gateway.tls.${name}` : own;
    return await readPem(key, resolve(config.directoryOf(key), path), config.originOf(key));
  };
  const ca = await read("ca_cert_path");
  const cert = await read("client_cert");
  const key = await read("client_key");
  return {
    verify: tls.verify,
    minVersion: tls.min_version,
    ...(ca === undefined ? {} : { ca: tls.ca_only ? [ca] : await withSystemRoots(ca, env["NODE_EXTRA_CA_CERTS"]) }),
    ...(cert === undefined ? {} : { cert }),
    ...(key === undefined ? {} : { key }),
    ...(tls.server_name === undefined ? {} : { serverName: tls.server_name }),
    ...(tls.cipher_suites === undefined ? {} : { cipherSuites: tls.cipher_suites }),
    ...(tls.pins.length === 0 ? {} : { pins: tls.pins }),
  };
}

/** Naming an authority makes Node forget all others, those of `NODE_EXTRA_CA_CERTS` too; here it is one more. */
async function withSystemRoots(ca: string, extraFile: string | undefined): Promise<readonly string[]> {
  const { rootCertificates } = await import("node:tls");
  const extra = extraFile === undefined || extraFile === "" ? [] : [await readFile(extraFile, "utf8").catch(() => "")];
  return [...rootCertificates, ...extra.filter((text) => text !== ""), ca];
}

async function readPem(key: string, path: string, origin: string): Promise<string> {
  try {
    const text = await readFile(path, "utf8");
    if (text.includes("-----BEGIN ")) return text;
    throw new Error("it holds no PEM text (-----BEGIN …)");
  } catch (cause) {
    const message = `${key}: ${path} cannot be used: ${messageOf(cause)}`;
    throw new ConfigError([{ code: "UNREADABLE_FILE", key, message, origin, expected: "a readable PEM file" }]);
  }
}
