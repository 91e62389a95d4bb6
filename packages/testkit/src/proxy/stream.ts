/** A direction through the proxy: `upstream` is from the client to the target, `downstream` from the target to the client. */
export type Stream = "upstream" | "downstream";

/** How a connection ends: `reset` sends RST to both sides, `end` says goodbye with FIN. */
export type CutHow = "reset" | "end";
