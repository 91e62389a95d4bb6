import type { CredentialDraft } from "../plugin/credential.ts";
import { DialError } from "../plugin/dial-error.ts";
import { refuse, type ConnectAttempt, type ConnectRefusal } from "../plugin/hooks.ts";
import { isThenable } from "./check-verdict.ts";
import type { HookName, TapRecord } from "./tap-record.ts";

/** What a tap did wrong. */
export interface TapFault {
  readonly plugin: string;
  readonly hook: HookName;
  readonly message: string;
  readonly cause: unknown;
}

export type FaultReport = (fault: TapFault) => void;

/** Wraps a tap that only observes: its failure is reported and goes no further. */
export function containObserver<Context>(
  hook: HookName,
  tap: TapRecord<Context, void>,
  report: FaultReport,
): (context: Context) => void {
  const fault = (cause: unknown): void => report({ plugin: tap.plugin, hook, message: messageOf(cause), cause });
  return (context) => {
    try {
      const returned: unknown = tap.run(context);
      // An observer may well be an async function; its failure must not end the process.
      if (isThenable(returned)) returned.then(undefined, fault);
    } catch (cause) {
      fault(cause);
    }
  };
}

/** How long a dial waits when a plugin that decides about dials has failed. */
const FAILED_GUARD_WAIT_MS = 1000;

/** Wraps a `beforeConnect` tap: one that fails keeps the link from dialling, because it might have refused. */
export function containConnect(
  tap: TapRecord<ConnectAttempt, ConnectRefusal | void>,
  report: FaultReport,
): (attempt: ConnectAttempt) => ConnectRefusal | undefined {
  return (attempt) => {
    try {
      return checkRefusal(tap.run(attempt));
    } catch (cause) {
      const message = messageOf(cause);
      report({ plugin: tap.plugin, hook: "beforeConnect", message, cause });
      return refuse(`the plugin ${tap.plugin} failed before the dial: ${message}`, FAILED_GUARD_WAIT_MS);
    }
  };
}

function checkRefusal(value: unknown): ConnectRefusal | undefined {
  if (value === undefined) return undefined;
  if (isThenable(value)) value.then(undefined, () => {});
  else if (isRefusal(value)) return value;
  throw new TypeError("a beforeConnect tap must return nothing, or what refuse() gave it");
}

function isRefusal(value: unknown): value is ConnectRefusal {
  if (typeof value !== "object" || value === null || !("retryAfterMs" in value) || !("reason" in value)) return false;
  return typeof value.reason === "string" && Number.isFinite(value.retryAfterMs);
}

/** Wraps an `onAuth` tap: one that fails denies, with its name. */
export function containAuth(
  tap: TapRecord<CredentialDraft, void | Promise<void>>,
  report: FaultReport,
): (draft: CredentialDraft) => Promise<void> {
  return async (draft) => {
    try {
      await tap.run(draft);
    } catch (cause) {
      // A dial error is an answer of the plugin, not a failure of its code.
      if (DialError.is(cause)) throw cause;
      const message = messageOf(cause);
      report({ plugin: tap.plugin, hook: "onAuth", message, cause });
      throw new DialError("credential", `the plugin ${tap.plugin} failed to sign in: ${message}`, {
        plugin: tap.plugin,
        phase: "auth",
        cause,
      });
    }
  };
}

/** The message of anything that was thrown, even if reading it throws again. */
export function messageOf(thrown: unknown): string {
  try {
    return thrown instanceof Error ? thrown.message : String(thrown);
  } catch {
    return "a value that cannot be printed";
  }
}
