import type { X509Certificate } from "node:crypto";
import { DialError, escapeForPeople, type TlsMaterial } from "@mcp-router/core/plugin";

const DAY_MS = 24 * 60 * 60 * 1000;
/** A certificate that ends sooner deserves a word. */
const WARN_DAYS = 14;
/** Extended key usages that are good for a client (RFC 5280 §4.2.1.12). */
const FOR_CLIENTS: ReadonlySet<string> = new Set(["1.3.6.1.5.5.7.3.2", "2.5.29.37.0"]);

/** A client certificate, ready for use. */
export interface ClientCertificate {
  readonly tls: TlsMaterial;
  /** The client's own certificate. */
  readonly certificate: X509Certificate;
  /** For messages: `the client certificate /etc/mcp/client.crt (auth.client_cert)`. */
  readonly name: string;
}

/** Whose certificate it is, for people. */
export function ownerOf({ certificate }: ClientCertificate): string {
  return escapeForPeople(certificate.subject.replaceAll("\n", ", "));
}

/**
 * Checks that a gateway can take the certificate.
 *
 * @param now Milliseconds since 1970.
 * @throws DialError `credential` when it has ended, is not valid yet, or is not meant for clients.
 */
export function checkCertificate({ certificate, name }: ClientCertificate, now: number): void {
  const { validFrom, validTo } = certificate;
  const refuse = (says: string, hint: string): never => {
    throw new DialError("credential", `${capital(name)} ${says}.`, { hint, phase: "auth" });
  };
  if (now > Date.parse(validTo)) {
    refuse(
      `ended on ${dateOf(validTo)}`,
      "Put a new certificate with its key there; the router notices within a second. If it should be valid, check the clock of this machine.",
    );
  }
  if (now < Date.parse(validFrom)) {
    refuse(
      `is not valid before ${dateOf(validFrom)}`,
      "Check the clock of this machine, or put a certificate there that is valid by now.",
    );
  }
  const usages: readonly string[] | undefined = certificate.keyUsage;
  if (usages !== undefined && !usages.some((usage) => FOR_CLIENTS.has(usage))) {
    refuse(
      "is not meant for clients: its extended key usage lacks clientAuth",
      "Ask whoever issued it for a certificate with the usage clientAuth.",
    );
  }
}

/** What is to be said of a certificate that ends soon, or has ended; undefined when there is time. */
export function endWarning({ certificate, name }: ClientCertificate, now: number): string | undefined {
  const leftMs = Date.parse(certificate.validTo) - now;
  if (leftMs > WARN_DAYS * DAY_MS) return undefined;
  const date = dateOf(certificate.validTo);
  if (leftMs < 0) return `${name} ended on ${date}; put a new one with its key there`;
  const days = Math.floor(leftMs / DAY_MS);
  const time = days === 0 ? "in less than a day" : `in ${days} day${days === 1 ? "" : "s"}`;
  return `${name} ends on ${date}, ${time}; put a new one with its key there`;
}

export function capital(text: string): string {
  return text.charAt(0).toUpperCase() + text.slice(1);
}

function dateOf(text: string): string {
  return new Date(text).toISOString().replace(".000", "");
}
