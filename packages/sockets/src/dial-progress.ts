import type { Socket } from "node:net";
import type { Certificate, PeerCertificate, TLSSocket } from "node:tls";
import { hostAndPort } from "./host-and-port.ts";
import type { Protocol } from "./protocol.ts";

/**
 * What a dial is waiting for: a TCP connection, the end of the TLS handshake, the peer's answer in the protocol, or the rest
 * of that answer.
 */
export type DialStage = "connect" | "tls" | "answer" | "body";

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
  /** The peer in sentences: `host:port`, and what stands before it. */
  target: string;
  readonly secure: boolean;
  readonly timeoutMs: number;
  readonly protocol: Protocol;
  stage: DialStage = "connect";
  /** Who signed the peer's certificate, once the handshake showed it. */
  issuer: string | undefined;
  /** Until when that certificate is valid, as OpenSSL writes it. */
  validTo: string | undefined;

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
      const certificate: Partial<PeerCertificate> = socket.getPeerCertificate();
      const issuer: Certificate | undefined = certificate.issuer;
      this.validTo = certificate.valid_to;
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
