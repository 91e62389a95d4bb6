import type { Socket } from "node:net";
import type { Certificate, TLSSocket } from "node:tls";
import { hostAndPort } from "./host-and-port.ts";
import type { Protocol } from "./protocol.ts";

/** What a dial is waiting for: a TCP connection, the end of the TLS handshake, or the peer's answer in the protocol. */
export type DialStage = "connect" | "tls" | "answer";

export interface DialProgressOptions {
  readonly url: URL;
  /** Whether TLS stands between the socket and the protocol. */
  readonly secure: boolean;
  /** Milliseconds that the dial may take, for messages. */
  readonly timeoutMs: number;
  readonly protocol: Protocol;
}

/** How far one dial has come. When it fails, this says what was missing. */
export class DialProgress {
  /** `host:port` of the peer. */
  readonly target: string;
  readonly secure: boolean;
  readonly timeoutMs: number;
  readonly protocol: Protocol;
  stage: DialStage = "connect";
  /** Who signed the peer's certificate, once the handshake showed it. */
  issuer: string | undefined;

  constructor({ url, secure, timeoutMs, protocol }: DialProgressOptions) {
    this.target = hostAndPort(url);
    this.secure = secure;
    this.timeoutMs = timeoutMs;
    this.protocol = protocol;
  }

  /** Follows a socket that is not connected yet; a `TLSSocket` up to the end of its handshake. */
  follow(socket: Socket): void {
    socket.once("connect", () => {
      this.stage = this.secure ? "tls" : "answer";
    });
    if (!isTlsSocket(socket)) return;
    // "secure" comes before Node judges the certificate: the last moment at which a refused one can be read.
    socket.prependOnceListener("secure", () => {
      const issuer: Certificate | undefined = socket.getPeerCertificate().issuer;
      const name = issuer?.CN ?? issuer?.O;
      this.issuer = Array.isArray(name) ? name.join(", ") : name;
    });
    socket.once("secureConnect", () => {
      this.stage = "answer";
    });
  }
}

/** Whether a socket is one of TLS, without loading `node:tls` to know. */
export function isTlsSocket(socket: Socket): socket is TLSSocket {
  return "getPeerCertificate" in socket;
}
