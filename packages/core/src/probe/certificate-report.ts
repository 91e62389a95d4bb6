import { X509Certificate } from "node:crypto";
import { RouterError } from "../errors/router-error.ts";
import type { ProbeFacts } from "./probe-step.ts";

const DAY_MS = 86_400_000;
/** Days before the end of a certificate at which it is time to say so. */
export const DAYS_OF_WARNING = 14;

export interface CertificateReport {
  readonly facts: ProbeFacts;
  readonly notes: readonly string[];
  /** Set when nobody can accept it now. */
  readonly fault: RouterError | undefined;
}

/** What people need to know of a client certificate. @param pem The certificate, alone or first of its chain. */
export function reportCertificate(pem: string, now = Date.now()): CertificateReport {
  let certificate: X509Certificate;
  try {
    certificate = new X509Certificate(pem);
  } catch (cause) {
    const fault = new RouterError("CERTIFICATE_UNREADABLE", "the client certificate is no certificate in PEM form", {
      hint: "Check gateway.tls.client_cert or gateway.auth.client_cert.",
      cause,
    });
    return { facts: {}, notes: [], fault };
  }
  const from = Date.parse(certificate.validFrom);
  const until = Date.parse(certificate.validTo);
  const days = Math.floor((until - now) / DAY_MS);
  const facts = {
    subject: inOneLine(certificate.subject),
    issuer: inOneLine(certificate.issuer),
    expires: new Date(until).toISOString().slice(0, 10),
    days_left: days,
  };
  return {
    facts,
    notes: days >= 0 && days <= DAYS_OF_WARNING ? [expiresIn(days)] : [],
    fault: faultOf(from, until, now),
  };
}

/** @param days Whole days until the end. */
export function expiresIn(days: number): string {
  return days === 0 ? "it expires within a day" : `it expires in ${days} day${days === 1 ? "" : "s"}`;
}

function faultOf(from: number, until: number, now: number): RouterError | undefined {
  if (until <= now) {
    return new RouterError("CERTIFICATE_EXPIRED", "the client certificate has expired", {
      hint: "Renew it, and check the clock of this machine.",
    });
  }
  if (from > now) {
    return new RouterError("CERTIFICATE_NOT_YET_VALID", "the client certificate is not valid yet", {
      hint: "Check the clock of this machine and the start date of the certificate.",
    });
  }
  return undefined;
}

function inOneLine(name: string): string {
  return name.split("\n").join(", ");
}
