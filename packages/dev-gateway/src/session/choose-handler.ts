import type { GatewayOptions } from "../gateway-options.ts";
import { stdioServer } from "../stdio/stdio-server.ts";
import type { SessionFactory } from "./session-handler.ts";

/** What stands behind the sessions: the given handler, or a process per session. */
export function chooseHandler(options: GatewayOptions, maxMessageBytes: number): SessionFactory {
  const { command, session, cwd, env, deadlines } = options;
  if (session !== undefined && command !== undefined) {
    throw new TypeError("Expected one of `command` and `session`, received both");
  }
  if (session !== undefined) return session;
  if (command === undefined) throw new TypeError("Expected `command` or `session`, received neither");
  return stdioServer({
    command,
    maxMessageBytes,
    ...(cwd !== undefined && { cwd }),
    ...(env !== undefined && { env }),
    ...(deadlines !== undefined && { deadlines }),
  });
}
