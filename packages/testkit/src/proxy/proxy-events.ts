import type { Frame } from "../frames/frame.ts";
import type { CutHow, Stream } from "./stream.ts";

/** A client has come. */
export interface ProxyConnected {
  /** 1 for the first connection of the proxy. */
  readonly connection: number;
}

/** Both sides of a connection are closed. */
export interface ProxyClosed extends ProxyConnected {
  /** How it was cut, by the proxy or by one of the sides; undefined when both sides have ended it in order. */
  readonly cut: CutHow | undefined;
}

/** A whole frame has come to the proxy, and no fault or toxic has touched it yet. */
export interface ProxyFrame<F extends Frame> extends ProxyConnected {
  readonly stream: Stream;
  readonly frame: F;
}

/** Everything a proxy reports, by name. */
export interface ProxyEvents<F extends Frame> {
  readonly connected: ProxyConnected;
  readonly closed: ProxyClosed;
  readonly frame: ProxyFrame<F>;
}
