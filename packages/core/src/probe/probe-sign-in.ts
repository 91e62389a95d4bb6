import { asDialError } from "../link/dial-failure.ts";
import type { Credential } from "../plugin/credential.ts";
import { reportCertificate } from "./certificate-report.ts";
import { openAccepted, refusesClient } from "./open-accepted.ts";
import { type ProbeContext, recordConfiguration } from "./probe-context.ts";
import type { ProbeSession } from "./probe-session.ts";
import type { ProbeStep, SignInStepName } from "./probe-step.ts";
import { describeCredential, isAnonymous, signIn, tokenOf } from "./sign-in.ts";
import { type Found, ProbeStopped } from "./step-recorder.ts";

const PLAN: readonly SignInStepName[] = ["sign-in", "token", "certificate", "renewal", "rejection", "acceptance"];
const LOOPBACK = /^(localhost|.+\.localhost|127(\.\d{1,3}){3}|\[::1\])$/i;

export interface SignInTest {
  /** Asks for the credential again, as before its expiry and as after a refusal: a sign-in that rotates tokens does so. */
  readonly renew: boolean;
  /** Does not ask the gateway whether it accepts the credential. */
  readonly offline: boolean;
}

/**
 * Tests the sign-in at one endpoint alone. No step tells any part of a secret.
 *
 * @throws the reason of the signal when it aborts; nothing else.
 */
export async function probeSignIn(
  context: ProbeContext,
  { renew, offline }: SignInTest,
): Promise<readonly ProbeStep[]> {
  const { record } = context;
  const sessions: ProbeSession[] = [];
  try {
    recordConfiguration(context);
    let credential = await obtain(context, offline ? undefined : sessions);
    await judgeToken(context, credential);
    await judgeCertificate(context, credential);
    if (renew && credential.bearer !== undefined) credential = await exerciseRenewal(context, credential);
    else for (const name of ["renewal", "rejection"] as const) record.skip(name, whyNoRenewal(renew));
    if (offline) record.skip("acceptance", "nobody asked the gateway");
    else await record.run("acceptance", () => askGateway(context, credential, sessions));
  } catch (cause) {
    context.signal.throwIfAborted();
    if (!(cause instanceof ProbeStopped)) throw cause;
  } finally {
    await Promise.all(sessions.map((session) => session.end()));
  }
  record.skipRest(PLAN);
  return record.steps;
}

function whyNoRenewal(asked: boolean): string {
  return asked ? "there is no token" : "nobody asked for it";
}

/** @param sessions Where connections go that had to be opened for it; undefined: none may be. */
async function obtain(context: ProbeContext, sessions: ProbeSession[] | undefined): Promise<Credential> {
  const { record, loaded, index } = context;
  let credential: Credential | undefined;
  await record.run("sign-in", async () => {
    credential = await signIn(context, "dial");
    if (sessions !== undefined && waitsForChallenge(context, credential)) {
      credential = await askForChallenge(context, credential, sessions);
    }
    const found = describeCredential(context, credential);
    const from = originOf(loaded.config.authOf(index));
    return { ...found, facts: { ...found.facts, ...(from !== undefined && { from }) } };
  });
  if (credential === undefined) throw new Error("a sign-in gives a credential or fails");
  return credential;
}

/** Some sign-ins learn from the gateway's refusal where to ask for a token (RFC 9728 §5). */
function waitsForChallenge(context: ProbeContext, credential: Credential): boolean {
  return context.loaded.config.authOf(context.index) !== undefined && isAnonymous(credential, context);
}

async function askForChallenge(
  context: ProbeContext,
  credential: Credential,
  sessions: ProbeSession[],
): Promise<Credential> {
  const result = await openAccepted(context, credential, { owns: (session) => sessions.push(session) });
  if ("error" in result && !result.renewed) throw result.renewalError ?? result.error;
  return result.credential;
}

/** Where a credential comes from, as far as the configuration says it: names of variables, files, addresses. */
function originOf(auth: { readonly [name: string]: unknown } | undefined): string | undefined {
  const keys = ["token_env", "token_file", "token_command", "token_endpoint", "issuer", "client_cert"];
  for (const key of keys) {
    const value = auth?.[key];
    if (typeof value === "string") return `${key} ${value}`;
    // The words of a command may hold anything.
    if (Array.isArray(value)) return `${key} ${String(value[0])}`;
  }
  return undefined;
}

async function judgeToken(context: ProbeContext, credential: Credential): Promise<void> {
  const { record, gateway } = context;
  const token = tokenOf(context, credential);
  if (token === undefined) {
    record.skip("token", "the credential has none");
    return;
  }
  const { facts, fault } = token;
  const { protocol, hostname } = gateway.endpoint.url;
  const plain = /^(ws|tcp|http):$/.test(protocol) && !LOOPBACK.test(hostname);
  const notes = plain
    ? [...token.notes, `it would travel in plain text over ${protocol}//: use the scheme of TLS in gateway.url`]
    : token.notes;
  if (fault !== undefined) throw record.fail("token", fault, { facts, notes });
  record.add("token", { facts, notes });
}

async function judgeCertificate({ record, gateway }: ProbeContext, { tls }: Credential): Promise<void> {
  const pem = tls?.cert ?? gateway.endpoint.tls.cert;
  if (pem === undefined) {
    record.skip("certificate", tls?.pfx === undefined ? "the credential has none" : "it is in a PKCS#12 file");
    return;
  }
  const { facts, notes, fault } = reportCertificate(pem);
  if (fault !== undefined) throw record.fail("certificate", fault, { facts, notes });
  record.add("certificate", { facts, notes });
}

/** What a router asks for before the end of a credential, and after its refusal. */
async function exerciseRenewal(context: ProbeContext, first: Credential): Promise<Credential> {
  const { record, gateway } = context;
  let credential = first;
  await record.run("renewal", async () => {
    credential = await signIn(context, "expiry");
    return renewedFound(context, first, credential);
  });
  const before = credential;
  try {
    credential = await signIn(context, "rejected", { credential: before, challenge: undefined });
    record.add("rejection", renewedFound(context, before, credential));
  } catch (cause) {
    context.signal.throwIfAborted();
    // A token that somebody wrote down cannot be exchanged: a doubt, for it may do as long as it lives.
    const { message, hint } = asDialError(gateway.endpoint, cause);
    record.add("rejection", {
      facts: { token: "no other one" },
      notes: hint === undefined ? [message] : [`${message} ${hint}`],
    });
  }
  return credential;
}

function renewedFound(context: ProbeContext, before: Credential, after: Credential): Found {
  const another = after.bearer?.reveal() !== before.bearer?.reveal();
  const lasts = describeCredential(context, after).facts?.["lasts"];
  return { facts: { token: another ? "another one" : "the same one", ...(lasts !== undefined && { lasts }) } };
}

/** One dial, and one message where only those carry the credential. */
async function askGateway(context: ProbeContext, credential: Credential, sessions: ProbeSession[]): Promise<Found> {
  const result = await openAccepted(context, credential, { owns: (session) => sessions.push(session) });
  if ("error" in result) {
    const { error, session, renewalError } = result;
    if (renewalError !== undefined) context.loaded.log.warn(renewalError.message);
    // A server behind the gateway that is not well is another matter: the gateway has let us in.
    if (refusesClient(error) || session?.heard !== true) throw error;
  }
  if (isAnonymous(credential, context)) return { facts: { because: "nobody signs in" }, skipped: true };
  return { facts: { accepted: true, ...(result.renewed && { after: "another credential was asked for" }) } };
}
