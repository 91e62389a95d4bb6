import type { FrameFault, FrameFaultOptions, FrameHold } from "../frames/frame-fault.ts";
import type { Frame } from "../frames/frame.ts";
import type { Toxic, ToxicOptions, ToxicType } from "../toxics/toxic.ts";
import type { ProxyEvents } from "./proxy-events.ts";
import type { CutHow } from "./stream.ts";

/** A TCP proxy on 127.0.0.1 that does to connections what networks do. */
export interface FaultProxy<F extends Frame = Frame> {
  readonly port: number;
  /** How many connections it has taken so far. */
  readonly connections: number;
  /** The same address with the proxy's port. The proxy listens on 127.0.0.1: the host must be one that leads there. */
  url(targetUrl: string): string;
  /** Adds a toxic to the connections that are open and those to come. @throws TypeError for numbers that make no sense. */
  addToxic<Type extends ToxicType>(toxic: ToxicOptions<Type>): Toxic<Type>;
  /**
   * Arms a fault that strikes single frames. Of several that match a frame, the first one armed strikes.
   *
   * @throws TypeError when the proxy was started without `frames`.
   */
  onFrame(fault: FrameFaultOptions<F, "hold">): FrameHold<F>;
  onFrame(fault: FrameFaultOptions<F>): FrameFault<F>;
  /** Ends every connection that is open. */
  cutAll(how: CutHow): void;
  /** Closes the port, so that connections are refused, and resets those that are open. */
  disable(): Promise<void>;
  /** Opens the same port again. */
  enable(): Promise<void>;
  /** Calls the listener, synchronously, for every event of that name; the returned function ends that. */
  on<Name extends keyof ProxyEvents<F>>(name: Name, listener: (event: ProxyEvents<F>[Name]) => void): () => void;
  /** The next event of that name (that matches): for tests that wait for something to happen. */
  next<Name extends keyof ProxyEvents<F>>(
    name: Name,
    matches?: (event: ProxyEvents<F>[Name]) => boolean,
  ): Promise<ProxyEvents<F>[Name]>;
  /** Closes the port and every connection. Settles when nothing is left. */
  close(): Promise<void>;
}
