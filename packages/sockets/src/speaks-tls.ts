import { isIP } from "node:net";
import type { Endpoint } from "@mcp-router/core/plugin";
import { hostOf, portOf } from "./host-and-port.ts";
import { textMember } from "./socket-failure.ts";

/**
 * Whether a peer answers a TLS handshake, for the words about a port that hangs up on plain text. Nothing but the handshake
 * is sent, no certificate of ours is shown, and theirs is not judged. Never fails; an aborted `signal` gives false.
 */
export function speaksTls({ url, tls }: Endpoint, signal: AbortSignal): Promise<boolean> {
  return new Promise((resolve) => {
    const name = tls.serverName ?? hostOf(url);
    const socket = process.getBuiltinModule("node:tls").connect({
      host: hostOf(url),
      port: portOf(url),
      rejectUnauthorized: false,
      ...(isIP(name) === 0 ? { servername: name } : {}),
    });
    const finish = (answer: boolean): void => {
      signal.removeEventListener("abort", abort);
      socket.destroy();
      resolve(answer);
    };
    const abort = (): void => finish(false);
    signal.addEventListener("abort", abort);
    if (signal.aborted) abort();
    socket.once("secureConnect", () => finish(true));
    // Whoever sends an alert speaks TLS, though not with us.
    socket.on("error", (error) => finish(textMember(error, "code").includes("_ALERT_")));
    socket.once("close", abort);
  });
}
