import { isIPv4 } from "node:net";

/** Whether only programs on this machine can reach a host that a server is bound to. */
export function isLoopback(host: string): boolean {
  return host === "localhost" || host === "::1" || (isIPv4(host) && host.startsWith("127."));
}
