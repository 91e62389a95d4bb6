import { X509Certificate } from "node:crypto";
import { readFile, stat } from "node:fs/promises";
import {
  type AuthContext,
  DialError,
  type IdentityProblem,
  type InferOptions,
  readClientIdentity,
  type Secret,
} from "@mcp-router/core/plugin";
import { capital, type ClientCertificate } from "./client-certificate.ts";
import type { mtlsSchema } from "./options.ts";
import { readPfx } from "./read-pfx.ts";

/** Permission bits of group and others. */
const NOT_OWNER = 0o077;

type Options = InferOptions<typeof mtlsSchema>;
type FileKey = "client_cert" | "client_key" | "client_pfx" | "client_key_passphrase_file";

const KINDS: { readonly [Key in FileKey]: string } = {
  client_cert: "the client certificate",
  client_key: "the key",
  client_pfx: "the PKCS#12 file",
  client_key_passphrase_file: "the passphrase file",
};

function unusable(name: string, says: string, hint: string, cause?: unknown): DialError {
  return new DialError("credential", `${capital(name)} ${says}.`, { hint, phase: "auth", cause });
}

/** The files that hold the client certificate of one endpoint. */
export class IdentityFiles {
  readonly #options: Options;
  readonly #context: AuthContext;
  #warned = false;

  constructor(options: Options, context: AuthContext) {
    this.#options = options;
    this.#context = context;
  }

  get paths(): readonly string[] {
    const { client_cert, client_key, client_pfx, client_key_passphrase_file } = this.#options;
    return [client_cert, client_key, client_pfx, client_key_passphrase_file]
      .filter((path) => path !== undefined)
      .map((path) => this.#context.resolvePath(path));
  }

  /** @throws DialError `credential` naming the file that cannot be used. */
  async read(): Promise<ClientCertificate> {
    const { client_cert: cert, client_key: key, client_pfx: pfx } = this.#options;
    if (pfx !== undefined) return await this.#readPfx(pfx);
    if (cert !== undefined && key !== undefined) return await this.#readPem(cert, key);
    throw new DialError("credential", "auth.type mtls needs client_cert and client_key, or client_pfx.", {
      hint: "For example: auth: { type: mtls, client_cert: client.crt, client_key: client.key }",
      phase: "auth",
    });
  }

  async #readPem(certPath: string, keyPath: string): Promise<ClientCertificate> {
    const cert = (await this.#readBytes("client_cert", certPath)).toString();
    const key = (await this.#readBytes("client_key", keyPath)).toString();
    await this.#checkMode("client_key", keyPath);
    const identity = readClientIdentity({ cert, key, passphrase: (await this.#passphrase())?.reveal() });
    if ("problem" in identity) throw this.#pemProblem(identity, certPath, keyPath);
    const name = this.#name("client_cert", certPath);
    return { tls: identity, certificate: new X509Certificate(identity.cert), name };
  }

  #pemProblem({ part, problem }: IdentityProblem, certPath: string, keyPath: string): DialError {
    if (part === "cert") {
      const hint = "It must be a PEM file: the client's own certificate first, then those of its chain.";
      return unusable(this.#name("client_cert", certPath), problem, hint);
    }
    const name = this.#name("client_key", keyPath);
    if (part === "key") {
      return unusable(name, problem, `It must be the PEM file of the key that belongs to ${certPath}.`);
    }
    return unusable(
      name,
      problem,
      "Name the environment variable that holds its passphrase in auth.client_key_passphrase_env, or a file in auth.client_key_passphrase_file.",
    );
  }

  async #readPfx(path: string): Promise<ClientCertificate> {
    const bytes = await this.#readBytes("client_pfx", path);
    await this.#checkMode("client_pfx", path);
    const passphrase = await this.#passphrase();
    const certificate = readPfx(bytes, passphrase?.reveal());
    const name = this.#name("client_pfx", path);
    if ("problem" in certificate) throw unusable(name, certificate.problem, certificate.hint);
    return { tls: { pfx: { bytes, passphrase } }, certificate, name };
  }

  async #passphrase(): Promise<Secret | undefined> {
    const { client_key_passphrase_env: variable, client_key_passphrase_file: path } = this.#options;
    if (variable !== undefined && path !== undefined) {
      throw unusable(
        "the passphrase",
        "is named twice, by auth.client_key_passphrase_env and auth.client_key_passphrase_file",
        "Write only one of them.",
      );
    }
    let text: string | undefined;
    if (variable !== undefined) {
      text = this.#context.env[variable];
      if (text === undefined || text === "") {
        throw unusable(
          `the environment variable ${variable} (auth.client_key_passphrase_env)`,
          `is ${text === undefined ? "not set" : "empty"}`,
          `Set it where the router is started: export ${variable}=… in a shell, or claude mcp add -e ${variable}=… for Claude CLI, which passes on only what it is told to.`,
        );
      }
    } else if (path !== undefined) {
      text = (await this.#readBytes("client_key_passphrase_file", path)).toString().replace(/[\r\n]+$/, "");
    }
    return text === undefined || text === "" ? undefined : this.#context.secret(text);
  }

  async #readBytes(key: FileKey, path: string): Promise<Buffer> {
    try {
      return await readFile(this.#context.resolvePath(path));
    } catch (cause) {
      const code: unknown = Reflect.get(Object(cause), "code");
      const why = code === "ENOENT" ? "does not exist" : `cannot be read (${String(code)})`;
      throw unusable(
        this.#name(key, path),
        why,
        `Check auth.${key}: the router's user must be able to read it.`,
        cause,
      );
    }
  }

  async #checkMode(key: FileKey, path: string): Promise<void> {
    if (this.#warned || process.platform === "win32") return;
    const mode = (await stat(this.#context.resolvePath(path))).mode & 0o777;
    if ((mode & NOT_OWNER) === 0) return;
    this.#warned = true;
    const bits = mode.toString(8).padStart(4, "0");
    this.#context.log.warn(
      `${this.#name(key, path)} is open to others than its owner (mode ${bits}); chmod 600 keeps the key private`,
    );
  }

  #name(key: FileKey, path: string): string {
    return `${KINDS[key]} ${this.#context.resolvePath(path)} (auth.${key})`;
  }
}
