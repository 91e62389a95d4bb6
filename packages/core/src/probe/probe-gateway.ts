import type { Credential } from "../plugin/credential.ts";
import { DialError } from "../plugin/dial-error.ts";
import type { ProxyDecision } from "../plugin/proxy.ts";
import { askHealth } from "./ask-health.ts";
import { countTools } from "./count-tools.ts";
import { DialSteps } from "./dial-steps.ts";
import { type Greeting, limitOf, refusalOf } from "./greet.ts";
import { type Accepted, type NotAccepted, openAccepted, refusesClient } from "./open-accepted.ts";
import { type ProbeContext, recordConfiguration } from "./probe-context.ts";
import type { ProbeSession } from "./probe-session.ts";
import type { ProbeStep, ProbeStepName } from "./probe-step.ts";
import { describeCredential, isAnonymous, signIn } from "./sign-in.ts";
import { type Found, ProbeStopped } from "./step-recorder.ts";

/**
 * Tests one endpoint from the configuration to its health endpoint, each part once and each within its time, up to the first
 * fault. What was opened is closed.
 *
 * @throws the reason of the signal when it aborts; nothing else.
 */
export async function probeGateway(context: ProbeContext): Promise<readonly ProbeStep[]> {
  const { record, gateway } = context;
  const sessions: ProbeSession[] = [];
  try {
    recordConfiguration(context);
    const credential = await obtain(context);
    const { session, greeting } = await connect(context, credential, sessions);
    await record.run("tools", () => countTools(context, session, greeting));
    await record.run("ping", () => measure(context, session, greeting));
    await record.run("health", () => askHealth(context));
  } catch (cause) {
    context.signal.throwIfAborted();
    if (!(cause instanceof ProbeStopped)) throw cause;
  } finally {
    await Promise.all(sessions.map((session) => session.end()));
  }
  record.skipRest(planOf(gateway.endpoint.url, record.has("connect")));
  return record.steps;
}

function planOf({ protocol }: URL, untraced: boolean): readonly ProbeStepName[] {
  const speech = protocol.startsWith("tcp") ? "framing" : "upgrade";
  const dial: readonly ProbeStepName[] = untraced ? [] : ["dns", "tcp", "tls", speech];
  return ["sign-in", "proxy", ...dial, "authentication", "gateway", "initialize", "tools", "ping", "health"];
}

async function obtain(context: ProbeContext): Promise<Credential> {
  let credential: Credential | undefined;
  await context.record.run("sign-in", async () => {
    credential = await signIn(context, "dial");
    return describeCredential(context, credential);
  });
  if (credential === undefined) throw new Error("a sign-in gives a credential or fails");
  return credential;
}

/** From the route to the answer of the server. @throws ProbeStopped */
async function connect(context: ProbeContext, credential: Credential, sessions: ProbeSession[]): Promise<Accepted> {
  const { record, gateway } = context;
  const dial = new DialSteps(gateway.endpoint, routeOf(context), record);
  dial.begin();
  const result = await openAccepted(context, credential, {
    trace: dial.trace,
    owns: (session) => sessions.push(session),
    opened: ({ channel: { info } }) => {
      dial.opened({
        ...(info.status !== undefined && { status: info.status }),
        ...(info.protocol !== undefined && { protocol: info.protocol }),
      });
    },
  });
  if ("error" in result) throw record.fail(failedStep(context, dial, result), result.error, notesOf(result));
  dial.reached(undefined);
  recordAcceptance(context, result);
  gateway.dialect.initialized(result.greeting.reply);
  recordDialect(context);
  record.add("initialize", { facts: result.greeting.facts });
  return result;
}

/** @throws ProbeStopped when the rule that names the proxy cannot be used. */
function routeOf({ record, gateway }: ProbeContext): ProxyDecision {
  try {
    return gateway.proxyFor(gateway.endpoint.url);
  } catch (cause) {
    throw record.fail("proxy", cause);
  }
}

/** The step that a failure belongs to; those before it are recorded. */
function failedStep(context: ProbeContext, dial: DialSteps, failed: NotAccepted): ProbeStepName {
  const { error, session } = failed;
  if (refusesClient(error)) {
    dial.reached(DialError.is(error) ? error.status : undefined);
    return "authentication";
  }
  const silent = session?.heard !== true && (session === undefined || dial.unanswered);
  if (silent && DialError.is(error)) return dial.failedAt(error);
  dial.reached(undefined);
  recordAcceptance(context, failed);
  recordDialect(context);
  return "initialize";
}

function notesOf({ renewalError }: NotAccepted): Found {
  return renewalError === undefined ? {} : { notes: [renewalError.message] };
}

function recordAcceptance(context: ProbeContext, { credential, renewed }: Accepted | NotAccepted): void {
  if (isAnonymous(credential, context)) {
    context.record.skip("authentication", "the gateway asks for no credential");
    return;
  }
  const facts = renewed ? { accepted: true, after: "another credential was asked for" } : { accepted: true };
  context.record.addQuietly("authentication", facts, 0);
}

function recordDialect(context: ProbeContext): void {
  const {
    record,
    gateway: { dialect, transport },
    loaded,
  } = context;
  const { perMessageAuth, pingFrames, rateLimitDetails, correlationMetadata } = dialect.features;
  const facts = {
    version: dialect.version,
    from: dialect.from,
    wire: loaded.config.core.gateway.wire ?? transport.defaultWire,
    per_message_auth: perMessageAuth,
    ping_frames: pingFrames,
    rate_limit_details: rateLimitDetails,
    correlation_metadata: correlationMetadata,
  };
  record.add("gateway", { facts }, 0);
}

/** A round trip, by the heartbeat that a router would send. @throws RouterError */
async function measure({ gateway, loaded }: ProbeContext, session: ProbeSession, greeting: Greeting): Promise<Found> {
  if (session.channel.ping !== undefined && gateway.dialect.features.pingFrames) {
    await session.ping();
    return { facts: { by: "heartbeat" } };
  }
  if (!greeting.pings) return { facts: { because: "neither the transport nor the protocol has one" }, skipped: true };
  const reply = await session.ask("ping", undefined, limitOf(loaded.config.core.local.request_timeout_ms));
  if (reply.kind !== "response") throw refusalOf("ping", reply);
  return { facts: { by: "request" } };
}
