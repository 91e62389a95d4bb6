import { RouterError } from "../errors/router-error.ts";
import { bounded } from "../link/bounded.ts";
import { asDialError } from "../link/dial-failure.ts";
import { orAborted } from "../link/or-aborted.ts";
import { DialError } from "../plugin/dial-error.ts";
import type { HealthAnswer } from "../plugin/transport.ts";
import type { ProbeContext } from "./probe-context.ts";
import type { Found } from "./step-recorder.ts";

const ABSENT: Found = { facts: { because: "the gateway has no health endpoint there" }, skipped: true };
const GOOD = 200;

/** Asks the health endpoint once. One that nobody has written down need not be there. @throws RouterError */
export async function askHealth({ gateway, loaded, signal }: ProbeContext): Promise<Found> {
  const { endpoint, transport, dialect } = gateway;
  const written = loaded.config.core.gateway.health.url;
  const url = written === undefined ? undefined : new URL(written);
  if (transport.health === undefined) return { facts: { because: "the transport has none" }, skipped: true };
  const asking = transport.health.bind(transport);
  const limitMs = endpoint.connection.timeoutMs;
  let answer: HealthAnswer;
  try {
    answer = await bounded({ clock: loaded.clock, limitMs, stopped: signal }, async (limit) => {
      return await orAborted(asking(endpoint, url, limit), limit);
    });
  } catch (cause) {
    signal.throwIfAborted();
    const error = asDialError(endpoint, cause);
    if (url === undefined && error.reason === "not_found") return ABSENT;
    throw cause instanceof Error && cause.name === "TimeoutError" ? silent(limitMs) : error;
  }
  const { status, says, version } = answer;
  dialect.announced(version, "health endpoint");
  const facts = {
    url: answer.url,
    status,
    ...(says !== undefined && { says }),
    ...(version !== undefined && { version }),
  };
  if (status === GOOD) return { facts };
  if (url === undefined && status < 500 && status !== 429) return ABSENT;
  throw new RouterError(
    "HEALTH_NOT_GOOD",
    `${answer.url} answers with HTTP ${status}${says === undefined ? "" : ` (${says})`}.`,
    {
      hint: "The gateway itself says that it is not well: see its log. gateway.health.url is the address that was asked.",
    },
  );
}

function silent(limitMs: number): DialError {
  return new DialError("timeout", `The health endpoint did not answer within ${limitMs} ms.`, {
    hint: "Check gateway.health.url, or raise gateway.connection.timeout_ms.",
  });
}
