import { messageOf } from "../host/tap-faults.ts";
import type { ClientIdentity } from "../plugin/client-identity.ts";
import type { TlsOptions } from "../plugin/endpoint.ts";
import { WatchedMaterial } from "../plugin/watched-material.ts";
import { authorityFiles, identityFiles, readAuthorities, readIdentity, type TlsSource } from "./read-tls.ts";

/**
 * The TLS material of one endpoint as its files hold it now. Files that turn unusable leave what was read before in use, with
 * one warning.
 */
export class EndpointTls {
  readonly #rules: TlsOptions;
  readonly #authorities: WatchedMaterial<readonly string[] | undefined> | undefined;
  readonly #identity: WatchedMaterial<ClientIdentity> | undefined;
  #current: TlsOptions;

  private constructor(source: TlsSource) {
    const { tls } = source.endpoint;
    const kept = (cause: unknown): void => source.kept(`${messageOf(cause)}; what was read before stays in use`);
    const seen = new Map<string, string>();
    const authorities = authorityFiles(source);
    const identity = identityFiles(source);
    this.#rules = {
      verify: tls.verify,
      minVersion: tls.min_version,
      ...(tls.server_name === undefined ? {} : { serverName: tls.server_name }),
      ...(tls.cipher_suites === undefined ? {} : { cipherSuites: tls.cipher_suites }),
      ...(tls.pins.length === 0 ? {} : { pins: tls.pins }),
    };
    this.#current = this.#rules;
    if (authorities.length > 0) {
      this.#authorities = new WatchedMaterial({
        paths: authorities,
        read: async () => await readAuthorities(source, seen),
        same: (before, after) => before?.join("") === after?.join(""),
        kept,
      });
    }
    if (identity.length > 0) {
      this.#identity = new WatchedMaterial({
        paths: identity,
        read: async () => await readIdentity(source),
        same: (before, after) => before.cert === after.cert && before.key === after.key,
        kept,
        patience: 2,
      });
    }
  }

  /** @throws ConfigError naming the key whose file cannot be used. */
  static async read(source: TlsSource): Promise<EndpointTls> {
    const tls = new EndpointTls(source);
    await tls.refresh();
    return tls;
  }

  /** What was read last. */
  get current(): TlsOptions {
    return this.#current;
  }

  /** Whether there are files that may change. */
  get hasFiles(): boolean {
    return this.#authorities !== undefined || this.#identity !== undefined;
  }

  /** The client certificate and its key, when the configuration names them. */
  get identity(): ClientIdentity | undefined {
    return this.#identity?.value;
  }

  /** Looks whether the files have changed. Whoever dials calls it before. */
  async refresh(): Promise<void> {
    const [ca, identity] = await Promise.all([this.#authorities?.refresh(), this.#identity?.refresh()]);
    this.#current = { ...this.#rules, ...(ca === undefined ? {} : { ca }), ...identity };
  }

  /** Calls `changed` when the client certificate is another one, until the signal aborts. */
  watch(signal: AbortSignal, changed: () => void): void {
    this.#identity?.watch(signal, changed);
  }
}
