import { CredentialSource } from "../link/credential-source.ts";
import { Link } from "../link/link.ts";
import type { LinkOwner } from "../link/link-options.ts";
import type { Credential, CredentialDraft, CredentialReason } from "../plugin/credential.ts";
import type { ConnectAttempt, ConnectRefusal, LinkChange } from "../plugin/hooks.ts";
import type { Channel, ChannelEnd } from "../plugin/transport.ts";
import { FakeClock } from "./fake-clock.ts";
import { FakeTransport } from "./fake-transport.ts";
import { RecordingLogger } from "./recording-logger.ts";
import { settle } from "./settle.ts";
import { TEST_ENDPOINT } from "./test-endpoint.ts";

interface BenchOptions {
  readonly authenticate?: (draft: CredentialDraft) => void | Promise<void>;
  readonly beforeConnect?: (attempt: ConnectAttempt) => ConnectRefusal | undefined;
  readonly onOpened?: (channel: Channel) => void;
}

/** A link on a fake transport and clock, with an owner that writes down what it hears. No jitter: delays are whole. */
export function linkBench({ authenticate, beforeConnect = () => undefined, onOpened = () => {} }: BenchOptions = {}) {
  const clock = new FakeClock();
  const transport = new FakeTransport();
  const log = new RecordingLogger();
  const events: string[] = [];
  const messages: { text: string; inReplyTo: string | undefined }[] = [];
  const credentials: Credential[] = [];
  const asked: CredentialReason[] = [];
  const changes: LinkChange[] = [];
  const owner: LinkOwner = {
    opened: (channel, credential, newer = credential) => {
      events.push("opened");
      credentials.push(newer);
      onOpened(channel);
    },
    message: (bytes, inReplyTo) => {
      events.push("message");
      messages.push({ text: bytes.toString(), inReplyTo });
    },
    drain: () => void events.push("drain"),
    lost: (end: ChannelEnd) => void events.push(`lost ${end.reason}`),
    refused: (error, retryInMs) => void events.push(`refused ${error.reason} ${Math.round(retryInMs)}`),
    credential: (credential) => {
      events.push("credential");
      credentials.push(credential);
    },
    ask: () => false,
    busy: false,
    signal: (signal) => void events.push(`signal ${signal.remaining ?? ""}`),
  };
  const provider = {
    authenticate: (draft: CredentialDraft) => {
      asked.push(draft.reason);
      return authenticate?.(draft);
    },
  };
  const link = new Link({
    endpoint: TEST_ENDPOINT,
    connection: 1,
    transport,
    credentials: new CredentialSource({ endpoint: TEST_ENDPOINT, provider, complete: () => undefined }),
    owner,
    hooks: { beforeConnect, linkState: (change) => void changes.push(change) },
    answersPings: () => true,
    backoff: { initialDelayMs: 1000, maxDelayMs: 30_000, multiplier: 2, jitter: 1 },
    clock,
    log,
    random: () => 0,
  });
  const states = (): readonly string[] => changes.map(({ state }) => state);
  return { clock, transport, log, events, messages, credentials, asked, changes, states, link };
}

/** When each of the dials of the next `ms` happens, from now. */
export async function dialTimes(
  { clock, transport }: ReturnType<typeof linkBench>,
  ms: number,
): Promise<readonly number[]> {
  const start = clock.now();
  const times: number[] = [];
  let seen = transport.dials.length;
  await settle();
  for (let passed = 0; passed <= ms; passed += 250) {
    for (; seen < transport.dials.length; seen++) times.push(clock.now() - start);
    await clock.advance(250);
  }
  return times;
}
