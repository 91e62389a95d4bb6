import { spawn } from "node:child_process";
import { once } from "node:events";
import { createInterface } from "node:readline";
import { fileURLToPath } from "node:url";

import { TEST_AUTHORITY } from "../../support/test-identity.ts";

const program = fileURLToPath(new URL("sixty-line-gateway.mjs", import.meta.url));

export interface SixtyLineOptions {
  readonly token?: string;
  /** With certificate and key it speaks TLS. */
  readonly cert?: string;
  readonly key?: string;
  /** A file that gets every byte it receives. */
  readonly record?: string;
  readonly env?: { readonly [name: string]: string };
}

export interface SixtyLineGateway {
  readonly url: string;
  readonly port: number;
  /** What `gateway` in the configuration needs beside `url`. */
  readonly config: { readonly [key: string]: unknown };
  /** Stops the whole process: it neither reads nor answers, and its connections stay up. */
  freeze(): void;
  /** Takes no more connections, and ends when the last one and what was started for it have ended. */
  close(): Promise<void>;
  kill(): void;
}

/** A gateway in a process of its own, which starts the command for each connection. */
export async function startSixtyLineGateway(
  command: readonly string[],
  { env, ...settings }: SixtyLineOptions = {},
): Promise<SixtyLineGateway> {
  const child = spawn(process.execPath, [program, JSON.stringify(settings), ...command], {
    stdio: ["ignore", "pipe", "inherit"],
    ...(env === undefined ? {} : { env: { ...env } }),
  });
  const exited = once(child, "exit");
  const lines: AsyncIterable<string> = createInterface(child.stdout);
  let port = 0;
  for await (const line of lines) {
    port = Number(line);
    break;
  }
  const secure = settings.cert !== undefined;
  return {
    url: `${secure ? "tcps" : "tcp"}://127.0.0.1:${port}`,
    port,
    config: secure ? { tls: { ca_cert_path: TEST_AUTHORITY } } : {},
    freeze: () => void child.kill("SIGSTOP"),
    async close() {
      child.kill("SIGTERM");
      await exited;
    },
    kill: () => void child.kill("SIGKILL"),
  };
}
