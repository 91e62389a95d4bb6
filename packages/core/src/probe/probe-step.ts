/**
 * The parts of a test of one endpoint, in their order. `connect` takes the place of `dns` to `framing` where a transport
 * does not show the parts of its dial.
 */
type ConnectionStepName =
  | "configuration"
  | "sign-in"
  | "proxy"
  | "dns"
  | "tcp"
  | "tls"
  | "upgrade"
  | "framing"
  | "connect"
  | "authentication"
  | "gateway"
  | "initialize"
  | "tools"
  | "ping"
  | "health";

/** The parts of a test of the sign-in at one endpoint, in their order. */
export type SignInStepName =
  | "configuration"
  | "sign-in"
  | "token"
  | "certificate"
  | "renewal"
  | "rejection"
  | "acceptance";

export type ProbeStepName = ConnectionStepName | SignInStepName;

/** `skipped`: it does not apply here, or a step before it has failed. */
export type ProbeStatus = "ok" | "warning" | "failed" | "skipped";

/** What was found, by short names. Never a secret. */
export type ProbeFacts = { readonly [name: string]: string | number | boolean };

/** What went wrong: a stable code, what was found, and what to change. */
export interface ProbeFault {
  readonly code: string;
  readonly message: string;
  readonly hint: string | undefined;
}

/** One step of a test. */
export interface ProbeStep {
  readonly name: ProbeStepName;
  readonly status: ProbeStatus;
  /** Milliseconds it took. */
  readonly ms: number;
  readonly facts: ProbeFacts;
  /** What is doubtful about it, as sentences; with `warning` at least one. */
  readonly notes: readonly string[];
  /** With `failed`. */
  readonly error: ProbeFault | undefined;
}
