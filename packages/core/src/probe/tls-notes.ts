import type { Endpoint } from "../plugin/endpoint.ts";
import { DAYS_OF_WARNING, expiresIn } from "./certificate-report.ts";
import type { ProbeFacts } from "./probe-step.ts";

const VERIFY_OFF =
  "gateway.tls.verify is false: anyone on the network can read the token and change messages; use gateway.tls.ca_cert_path instead";

/**
 * What is doubtful about a TLS connection.
 *
 * @param said What the transport has warned of already.
 */
export function tlsNotes({ tls }: Endpoint, facts: ProbeFacts, said: readonly string[]): readonly string[] {
  const days = facts["days_left"];
  const unverified = !tls.verify && !said.some((warning) => warning.includes("gateway.tls.verify"));
  const ends = typeof days === "number" && days <= DAYS_OF_WARNING && !said.some((warning) => /expire/.test(warning));
  return [
    unverified ? VERIFY_OFF : undefined,
    ends ? `the certificate of the gateway: ${days < 0 ? "it has expired" : expiresIn(days)}` : undefined,
  ].filter((note) => note !== undefined);
}
