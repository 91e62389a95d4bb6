import { open } from "node:fs/promises";
import type { AuthContext } from "@mcp-router/core/plugin";
import { credentialError } from "./credential-error.ts";

/** Bytes of the longest secret: a PEM file with a chain is some kilobytes. */
const MAX_BYTES = 64 * 1024;

/** Permission bits of group and others. */
const NOT_OWNER = 0o077;

/** Where a secret stands in the configuration: the name of a variable, of a file, or the secret itself. */
export interface SecretPlace {
  /** `client_secret`, for the names of the keys. */
  readonly key: string;
  readonly variable?: string | undefined;
  readonly file?: string | undefined;
  readonly text?: string | undefined;
}

export interface FoundSecret {
  readonly text: string;
  /** For messages: `the environment variable OAUTH_CLIENT_SECRET (auth.client_secret_env)`. */
  readonly from: string;
}

/**
 * Reads a secret, and registers it for redaction. Undefined when the configuration names none.
 *
 * @param warn Told of a file that others can read.
 * @throws DialError `credential` when the configuration names one twice, or one that is not there.
 */
export async function readSecret(
  place: SecretPlace,
  context: AuthContext,
  warn: (message: string) => void,
): Promise<FoundSecret | undefined> {
  const { key, variable, file, text } = place;
  if ([variable, file, text].filter((each) => each !== undefined).length > 1) {
    throw credentialError(`auth.${key} is given more than once.`, {
      hint: `Keep one of ${key}_env, ${key}_file and ${key}.`,
    });
  }
  const found =
    variable !== undefined ? fromVariable(key, variable, context) : await fromFileOrText(place, context, warn);
  if (found !== undefined) context.secret(found.text);
  return found;
}

function fromVariable(key: string, variable: string, { env }: AuthContext): FoundSecret {
  const from = `the environment variable ${variable} (auth.${key}_env)`;
  const text = Object.hasOwn(env, variable) ? env[variable]?.trim() : undefined;
  if (text !== undefined && text !== "") return { text, from };
  throw credentialError(`Without ${from} there is no token: it is ${text === "" ? "empty" : "not set"}.`, {
    hint: `Set it where the router starts. Claude CLI hands on what it is told to: claude mcp add -e ${variable}="$${variable}" …`,
  });
}

async function fromFileOrText(
  { key, file, text }: SecretPlace,
  context: AuthContext,
  warn: (message: string) => void,
): Promise<FoundSecret | undefined> {
  if (file === undefined) {
    if (text === undefined) return undefined;
    warn(
      `auth.${key} holds the secret itself: secrets belong outside the configuration file; use auth.${key}_env or auth.${key}_file`,
    );
    return { text, from: `the configuration (auth.${key})` };
  }
  const path = context.resolvePath(file);
  const from = `the file ${path} (auth.${key}_file)`;
  const content = await readText(path, from, warn);
  if (content !== "") return { text: content, from };
  throw credentialError(`Without ${from} there is no token: it is empty.`, {
    hint: "Its only content must be the secret.",
  });
}

async function readText(path: string, from: string, warn: (message: string) => void): Promise<string> {
  try {
    const file = await open(path);
    try {
      const { mode, size } = await file.stat();
      if (size > MAX_BYTES) throw Object.assign(new Error("too long"), { code: `longer than ${MAX_BYTES} bytes` });
      if (process.platform !== "win32" && (mode & NOT_OWNER) !== 0) {
        const bits = (mode & 0o777).toString(8).padStart(4, "0");
        warn(`${from} is open to others than its owner (mode ${bits}); chmod 600 keeps it private`);
      }
      return (await file.readFile("utf8")).replace(/^\ufeff/, "").trim();
    } finally {
      await file.close();
    }
  } catch (cause) {
    const code: unknown = Reflect.get(Object(cause), "code");
    const why = code === "ENOENT" ? "it does not exist" : `it cannot be read (${String(code)})`;
    throw credentialError(`Without ${from} there is no token: ${why}.`, {
      hint: "It must be a file that the router's user can read, and the secret its only content.",
      cause,
    });
  }
}
