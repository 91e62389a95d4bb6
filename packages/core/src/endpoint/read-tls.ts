import { readFile } from "node:fs/promises";
import { resolve } from "node:path";
import type { EndpointConfig, ResolvedConfig } from "../config/resolved-config.ts";
import { ConfigError, type ConfigIssueCode } from "../errors/config-error.ts";
import { messageOf } from "../host/tap-faults.ts";
import { type ClientIdentity, type IdentityProblem, readClientIdentity } from "../plugin/client-identity.ts";

export interface TlsSource {
  readonly endpoint: EndpointConfig;
  readonly config: ResolvedConfig;
  readonly env: { readonly [name: string]: string | undefined };
  /** Told of what is wrong and no reason to stop. */
  readonly warn: (message: string) => void;
  /** Told each time that files have become unusable. */
  readonly kept: (message: string) => void;
  readonly redact: (text: string) => void;
}

type FileKey = "ca_cert_path" | "client_cert" | "client_key";
type Key = FileKey | "client_key_passphrase_env";

/** Files of authorities that programs of OpenSSL and Node trust beside their own. */
const VARIABLES = ["NODE_EXTRA_CA_CERTS", "SSL_CERT_FILE"] as const;
/** Schemes without TLS. */
const PLAIN: ReadonlySet<string> = new Set(["ws:", "tcp:", "http:"]);

/** The files that {@link readAuthorities} reads; none when Node's own authorities are enough. */
export function authorityFiles({ endpoint, config, env }: TlsSource): readonly string[] {
  const { tls, url, auth } = endpoint;
  const own = tls.ca_cert_path === undefined ? [] : [pathOf("ca_cert_path", tls.ca_cert_path, endpoint, config)];
  if (tls.ca_only) return own;
  const extra = VARIABLES.map((name) => env[name]).filter((path) => path !== undefined && path !== "");
  // Node knows its own variable; naming any authority makes it forget that one with all others.
  const needed = own.length > 0 || (hasValue(env["SSL_CERT_FILE"]) && (!PLAIN.has(url.protocol) || auth !== undefined));
  return needed ? [...extra.filter((path) => path !== undefined), ...own] : [];
}

/**
 * Every authority that an endpoint trusts: those of `tls.ca_cert_path` beside Node's own and those of the environment.
 *
 * @param seen What the files of the environment held when they were read last; they need not be there.
 * @throws ConfigError naming the key whose file cannot be read.
 */
export async function readAuthorities(
  source: TlsSource,
  seen: Map<string, string>,
): Promise<readonly string[] | undefined> {
  const { endpoint, env, warn } = source;
  const own = await readNamed("ca_cert_path", source);
  if (endpoint.tls.ca_only) return own === undefined ? undefined : [own];
  for (const name of VARIABLES) {
    const path = env[name];
    if (!hasValue(path)) continue;
    try {
      seen.set(name, await readPem(path));
    } catch (cause) {
      warn(`${name}: ${path} cannot be used, and nothing new is trusted because of it: ${messageOf(cause)}`);
    }
  }
  const named = [...seen.values(), ...(own === undefined ? [] : [own])];
  if (named.length === 0) return undefined;
  const { rootCertificates } = await import("node:tls");
  return [...rootCertificates, ...named];
}

/** The files that {@link readIdentity} reads. */
export function identityFiles({ endpoint, config }: TlsSource): readonly string[] {
  const { client_cert: cert, client_key: key } = endpoint.tls;
  if (cert === undefined || key === undefined) return [];
  return [pathOf("client_cert", cert, endpoint, config), pathOf("client_key", key, endpoint, config)];
}

/** The client certificate of `tls.client_cert` with its key. @throws ConfigError naming the key that is at fault. */
export async function readIdentity(source: TlsSource): Promise<ClientIdentity> {
  const cert = (await readNamed("client_cert", source)) ?? "";
  const key = (await readNamed("client_key", source)) ?? "";
  const read = readClientIdentity({ cert, key, passphrase: passphraseOf(source) });
  if ("problem" in read) throw unusable(read, source);
  return read;
}

function passphraseOf(source: TlsSource): string | undefined {
  const variable = source.endpoint.tls.client_key_passphrase_env;
  if (variable === undefined) return undefined;
  const text = source.env[variable];
  if (!hasValue(text)) {
    const state = text === undefined ? "not set" : "empty";
    const message = `the environment variable ${variable} is ${state}; it must hold the passphrase of client_key`;
    throw fault("MISSING_VARIABLE", "client_key_passphrase_env", message, source);
  }
  source.redact(text);
  return text;
}

function unusable({ part, problem }: IdentityProblem, source: TlsSource): ConfigError {
  const name = part === "cert" ? "client_cert" : "client_key";
  const path = pathOf(name, source.endpoint.tls[name] ?? "", source.endpoint, source.config);
  const advice =
    part === "passphrase"
      ? "; name the environment variable with its passphrase in client_key_passphrase_env beside it"
      : "";
  return fault("UNREADABLE_FILE", name, `${path} ${problem}${advice}`, source);
}

async function readNamed(name: FileKey, source: TlsSource): Promise<string | undefined> {
  const { endpoint, config } = source;
  const written = endpoint.tls[name];
  if (written === undefined) return undefined;
  const path = pathOf(name, written, endpoint, config);
  try {
    return await readPem(path);
  } catch (cause) {
    throw fault("UNREADABLE_FILE", name, `${path} cannot be used: ${messageOf(cause)}`, source);
  }
}

async function readPem(path: string): Promise<string> {
  const text = await readFile(path, "utf8");
  const begun = text.match(/-----BEGIN /g)?.length ?? 0;
  if (begun === 0) throw new Error("it holds no PEM text (-----BEGIN …)");
  if (begun === text.match(/-----END [^-\n]+-----/g)?.length) return text;
  throw new Error("it ends in the middle of its PEM text");
}

function fault(code: ConfigIssueCode, name: Key, says: string, { endpoint, config }: TlsSource): ConfigError {
  const key = keyOf(name, endpoint, config);
  const expected = code === "UNREADABLE_FILE" ? "a readable PEM file" : "the name of a variable that is set";
  return new ConfigError([{ code, key, message: `${key}: ${says}`, origin: config.originOf(key), expected }]);
}

function pathOf(name: FileKey, written: string, endpoint: EndpointConfig, config: ResolvedConfig): string {
  return resolve(config.directoryOf(keyOf(name, endpoint, config)), written);
}

/** Where the key stands: at the endpoint, or in `gateway.tls`, from which the endpoint takes over what it leaves out. */
function keyOf(name: Key, endpoint: EndpointConfig, config: ResolvedConfig): string {
  const own = `${endpoint.tlsKey}.${name}`;
  return config.originOf(own) === "default" ? `gateway.tls.${name}` : own;
}

function hasValue(text: string | undefined): text is string {
  return text !== undefined && text !== "";
}
