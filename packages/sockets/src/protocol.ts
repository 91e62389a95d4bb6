/** What was found, as a part of a sentence, and what to change. */
export interface Finding {
  readonly says: string;
  readonly hint: string;
}

/** How a protocol speaks of itself when a dial fails. */
export interface Protocol {
  /** Schemes of its URLs, without a colon. */
  readonly plain: string;
  readonly secure: string;
  /** The configuration key of the URL. */
  readonly key: string;
  /** The socket is open, and the peer has not said within the dial's time what the protocol waits for. */
  readonly silent: Finding;
  /** The same, and the peer hung up; continues “HOST:PORT closed the connection …”. */
  readonly hungUp: (secure: boolean) => Finding;
}
