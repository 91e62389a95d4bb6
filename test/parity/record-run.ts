import { mkdtemp, rm } from "node:fs/promises";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { fileURLToPath } from "node:url";

import type { Launch } from "./launch.ts";
import { readRecordedSessions } from "./recorded-session.ts";
import type { Recording } from "./recording.ts";
import type { Target } from "./target.ts";

const recordingServer = fileURLToPath(new URL("recording-server.mjs", import.meta.url));

/** What the side of the client shows of a run. */
export type ClientSide = Omit<Recording, "sessions">;

/** Opens the target in front of the server, lets a client talk to it, and adds what the server saw of that. */
export async function recordRun(
  target: Target,
  server: readonly string[],
  converse: (launch: Launch) => Promise<ClientSide>,
): Promise<Recording> {
  const directory = await mkdtemp(join(tmpdir(), "mcp-router-recording-"));
  try {
    const open = await target.open([process.execPath, recordingServer, directory, ...server]);
    let clientSide: ClientSide;
    try {
      clientSide = await converse(open.launch);
    } finally {
      await open.close();
    }
    // Only now: the server has ended, and has got everything there was to get.
    return { ...clientSide, sessions: readRecordedSessions(directory) };
  } finally {
    await rm(directory, { recursive: true });
  }
}
