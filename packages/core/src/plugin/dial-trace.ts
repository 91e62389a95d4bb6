/** The parts of a dial, in their order. What a transport does not have it leaves out. */
export type DialStep = "proxy" | "dns" | "tcp" | "tls" | "upgrade" | "framing";

/** Follows one dial, for commands that show people how far it came. */
export interface DialTrace {
  /** A part of the dial is done. `facts` are for people, by short names: `{ address: "10.0.0.7", protocol: "TLSv1.3" }`. */
  done(step: DialStep, facts: { readonly [name: string]: string | number | boolean }): void;
}
