import type { CredentialReason } from "../plugin/credential.ts";
import { DialError } from "../plugin/dial-error.ts";
import type { Endpoint } from "../plugin/endpoint.ts";
import type { ChannelEnd } from "../plugin/transport.ts";

/** So many connections in a row that end in a breach of protocol, none with a message, are no accident. */
const BREACHES = 3;

/** What the end of a connection means for the next dial. */
export interface LossVerdict {
  /** Why the next dial asks for a credential. */
  readonly reason: CredentialReason;
  /** The gateway has not said that it is in trouble: it may be dialled at once. */
  readonly atOnce: boolean;
  /** Waiting does not mend it. */
  readonly permanent: DialError | undefined;
}

/** Judges how connections have ended. What a close code means is for the transport to say, as the reason of its error. */
export class LossRecord {
  #breaches = 0;

  /** @param useful Whether the connection has brought a message. */
  judge(endpoint: Endpoint, { error }: ChannelEnd, useful: boolean): LossVerdict {
    const cause = error?.reason;
    this.#breaches = cause === "protocol" && !useful ? this.#breaches + 1 : 0;
    const refusesToken = cause === "unauthorized" || cause === "forbidden";
    return {
      reason: refusesToken ? "rejected" : "dial",
      atOnce: cause !== "rate_limited" && cause !== "unavailable" && cause !== "forbidden",
      permanent: error === undefined || useful ? undefined : this.#permanent(endpoint, error),
    };
  }

  /**
   * A transport that has recognised another protocol knows at once, and so it does when TLS 1.3 refuses the client certificate,
   * which comes after the handshake (RFC 8446 §4.4.2.4). Any other breach has to happen again and again.
   */
  #permanent(endpoint: Endpoint, error: DialError): DialError | undefined {
    if ((error.reason === "protocol" || error.reason === "tls") && error.permanent) return error;
    if (this.#breaches < BREACHES) return undefined;
    return new DialError(
      "protocol",
      `${endpoint.name} ends every connection before it says anything: ${error.message}`,
      {
        hint: error.hint ?? "Check gateway.wire and gateway.version, and that the address is a gateway's.",
        cause: error,
      },
    );
  }
}
