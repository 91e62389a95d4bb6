/**
 * An open door for one transport. The gateway may have several (WebSocket now; framed TCP and TLS beside it).
 *
 * @remarks A listener hands every connection it accepts to an `AcceptConnection` and does not keep it: `close` refuses
 * new connections and those still being opened, releases the port, and leaves sessions to the gateway.
 */
export interface Listener {
  /** What a client puts into `gateway.url`. */
  readonly url: string;
  readonly port: number;
  /** Ends what was not accepted yet and releases the port. Settles when nothing is left. */
  close(): Promise<void>;
}
