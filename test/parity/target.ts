import type { Launch } from "./launch.ts";

/** Something a client can be started against: the server itself, or the server at the end of a chain. */
export interface Target {
  readonly name: string;
  /** Makes everything ready in front of `server`, a command line; the client then starts the launch. */
  open(server: readonly string[]): Promise<OpenTarget>;
}

interface OpenTarget {
  readonly launch: Launch;
  close(): Promise<void>;
}
