import { open, stat } from "node:fs/promises";
import type { BigIntStats } from "node:fs";
import { DialError } from "@mcp-router/core/plugin";
import { MAX_TOKEN_BYTES } from "./check-token.ts";

/** A token with the scheme word and line ends around it. */
const MAX_FILE_BYTES = MAX_TOKEN_BYTES + 64;

export interface TokenFileContent {
  /** Without a byte order mark and without the white space at the end. */
  readonly text: string;
  /** Equal as long as the file is the same one and unchanged. */
  readonly stamp: string;
  /** POSIX permission bits. */
  readonly mode: number;
}

function stampFrom({ dev, ino, size, mtimeNs, ctimeNs }: BigIntStats): string {
  return [dev, ino, size, mtimeNs, ctimeNs].join(":");
}

/** The stamp of the file that `path` leads to now, through symbolic links; undefined when there is none. */
export async function stampOf(path: string): Promise<string | undefined> {
  try {
    return stampFrom(await stat(path, { bigint: true }));
  } catch {
    return undefined;
  }
}

/** @throws DialError `credential` when the file cannot be read or is too long for a token. */
export async function readTokenFile(path: string): Promise<TokenFileContent> {
  try {
    const file = await open(path);
    try {
      // The stamp is taken before the content: a change in between shows at the next comparison.
      const stats = await file.stat({ bigint: true });
      const buffer = Buffer.alloc(MAX_FILE_BYTES + 1);
      let length = 0;
      for (let read = -1; read !== 0 && length < buffer.length; length += read) {
        read = (await file.read(buffer, length)).bytesRead;
      }
      if (length > MAX_FILE_BYTES) throw tooLong(path);
      const text = buffer
        .toString("utf8", 0, length)
        .replace(/^\ufeff/, "")
        .trimEnd();
      return { text, stamp: stampFrom(stats), mode: Number(stats.mode) & 0o777 };
    } finally {
      await file.close();
    }
  } catch (cause) {
    if (DialError.is(cause)) throw cause;
    throw unreadable(path, cause);
  }
}

function tooLong(path: string): DialError {
  return new DialError(
    "credential",
    `The token file ${path} (auth.token_file) is longer than ${MAX_TOKEN_BYTES} bytes.`,
    {
      hint: "Check that it is the right file: its only content must be the token.",
      phase: "auth",
    },
  );
}

function unreadable(path: string, cause: unknown): DialError {
  const code: unknown = Reflect.get(Object(cause), "code");
  const why = code === "ENOENT" ? "does not exist" : `cannot be read (${String(code)})`;
  return new DialError("credential", `The token file ${path} (auth.token_file) ${why}.`, {
    hint: "It must be a file that the router's user can read, and the token its only content.",
    phase: "auth",
    cause,
  });
}
