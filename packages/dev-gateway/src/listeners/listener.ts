/**
 * An open door for one transport.
 *
 * @remarks A listener hands every connection it accepts to an `AcceptConnection` and does not keep it: `close` refuses
 * new connections and those still being opened, releases the port, and leaves sessions to the gateway.
 */
export interface Listener {
  /** What a client puts into `gateway.url`. */
  readonly url: string;
  readonly port: number;
  /** Where `/health` is; empty where it is not. */
  readonly healthUrl: string;
  /** Ends what was not accepted yet and releases the port. Settles when nothing is left. */
  close(): Promise<void>;
}
