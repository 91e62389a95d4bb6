import { createHash, X509Certificate } from "node:crypto";
import type { DetailedPeerCertificate, TLSSocket } from "node:tls";
import { DialError, type DialTrace, escapeForPeople } from "@mcp-router/core/plugin";
import { milliseconds } from "./connect-tcp.ts";
import type { DialProgress } from "./dial-progress.ts";
import { LONGEST_EXCERPT } from "./longest-excerpt.ts";

/** Certificates of a chain beyond this many are not looked at. */
const LONGEST_CHAIN = 16;
const DAY_MS = 24 * 60 * 60 * 1000;

export interface InspectPeerOptions {
  readonly pins: readonly string[] | undefined;
  readonly progress: DialProgress;
  readonly trace: DialTrace | undefined;
  /** When the handshake began, for the trace. */
  readonly started: number;
}

/** Checks the pins of a finished handshake, and tells the trace about it. @throws DialError when no key is a pinned one. */
export function inspectPeer(socket: TLSSocket, { pins, progress, trace, started }: InspectPeerOptions): void {
  const chain = chainOf(socket);
  const ms = milliseconds(started);
  if (pins !== undefined) checkPins(chain, pins, progress);
  const [leaf] = chain;
  if (trace === undefined || leaf === undefined) return;
  const validTo = Date.parse(leaf.validTo);
  trace.done("tls", {
    protocol: socket.getProtocol() ?? "unknown",
    cipher: socket.getCipher().name,
    subject: oneLine(leaf.subject),
    issuer: oneLine(leaf.issuer),
    validTo: new Date(validTo).toISOString(),
    daysLeft: Math.floor((validTo - Date.now()) / DAY_MS),
    pin: pinOf(leaf),
    authorized: socket.authorized,
    // Set where nothing is verified; Node's types call the code an error.
    ...(socket.authorized ? {} : { problem: oneLine(String(socket.authorizationError)) }),
    ...(pins === undefined ? {} : { pinned: true }),
    ms,
  });
}

/**
 * The certificates from the peer's own upwards, as far as each has really signed the one before: a peer can send any
 * certificate along, and only the key of its own was proved by the handshake.
 */
function chainOf(socket: TLSSocket): X509Certificate[] {
  const chain: X509Certificate[] = [];
  let link: Partial<DetailedPeerCertificate> | undefined = socket.getPeerCertificate(true);
  while (link?.raw !== undefined && chain.length < LONGEST_CHAIN) {
    const certificate = new X509Certificate(link.raw);
    const below = chain.at(-1);
    if (below !== undefined && !(below.checkIssued(certificate) && below.verify(certificate.publicKey))) break;
    chain.push(certificate);
    // A root is its own issuer.
    link = link.issuerCertificate === link ? undefined : link.issuerCertificate;
  }
  return chain;
}

function checkPins(chain: readonly X509Certificate[], pins: readonly string[], { target }: DialProgress): void {
  const keys = chain.map(pinOf);
  if (keys.some((key) => pins.includes(key))) return;
  const seen = chain.map((certificate, index) => `${keys[index]} (${oneLine(certificate.subject)})`);
  throw new DialError("tls", `None of the keys of ${target} is pinned; it showed ${seen.join(", ")}.`, {
    hint: "If the gateway has a new key or authority, add one of these to gateway.tls.pins. If not, somebody else answers in its place.",
  });
}

/** The pin of a certificate's public key (RFC 7469 §2.4). */
function pinOf({ publicKey }: X509Certificate): string {
  const key = publicKey.export({ type: "spki", format: "der" });
  return `sha256/${createHash("sha256").update(key).digest("base64")}`;
}

/** A name, which has a line for each of its parts. */
function oneLine(name: string): string {
  return escapeForPeople(name.replaceAll("\n", ", "), LONGEST_EXCERPT);
}
