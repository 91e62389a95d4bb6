import { createRequire } from "node:module";
import type * as Library from "ws";

// Not `import … from "ws"`: its ES module wrapper makes Node load eight CommonJS files through a slow bridge. That costs 60 ms
// and more, nearly as much as starting Node itself, and every session would pay it before its first dial.
const library: typeof Library = createRequire(import.meta.url)("ws");

/** The `WebSocket` class of the package `ws`. */
export const { WebSocket } = library;
export type WebSocket = Library.WebSocket;
