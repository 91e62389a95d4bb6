import type { CutHow } from "./stream.ts";

/** What travels through one direction of a connection, in order. `at`: when it arrived, by `performance.now()`. */
export type Piece =
  | { readonly kind: "bytes"; readonly bytes: Buffer; readonly at: number }
  /** The sender has said that nothing more comes. */
  | { readonly kind: "end"; readonly at: number }
  /** The connection is to die here. */
  | { readonly kind: "cut"; readonly how: CutHow; readonly at: number };
