import type { ClientRequest } from "node:http";
import type { Socket } from "node:net";
import { type Certificate, TLSSocket } from "node:tls";
import { hostAndPort } from "./host-and-port.ts";

/** What a dial is waiting for: a TCP connection, the end of the TLS handshake, or the answer to the upgrade request. */
export type DialStage = "connect" | "tls" | "upgrade";

/** How far one dial has come. When it fails, this says what was missing. */
export class DialProgress {
  /** `host:port` of the gateway. */
  readonly target: string;
  readonly secure: boolean;
  readonly timeoutMs: number;
  stage: DialStage = "connect";
  /** Who signed the gateway's certificate, once the handshake showed it. */
  issuer: string | undefined;

  constructor(url: URL, timeoutMs: number) {
    this.target = hostAndPort(url);
    this.secure = url.protocol === "wss:";
    this.timeoutMs = timeoutMs;
  }

  follow(request: ClientRequest): void {
    request.once("socket", (socket: Socket) => {
      socket.once("connect", () => {
        this.stage = this.secure ? "tls" : "upgrade";
      });
      if (!(socket instanceof TLSSocket)) return;
      // "secure" comes before Node judges the certificate: the last moment at which a refused one can be read.
      socket.prependOnceListener("secure", () => {
        const issuer: Certificate | undefined = socket.getPeerCertificate().issuer;
        const name = issuer?.CN ?? issuer?.O;
        this.issuer = Array.isArray(name) ? name.join(", ") : name;
      });
      socket.once("secureConnect", () => {
        this.stage = "upgrade";
      });
    });
  }
}
