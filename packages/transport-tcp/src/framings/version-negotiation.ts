import type { FrameProblem } from "@mcp-router/core/plugin";

/** The payload by which a bridge offers the one version that it speaks. */
export function negotiation(version: number): Buffer {
  return Buffer.from(
    JSON.stringify({
      min_version: version,
      max_version: version,
      preferred_version: version,
      supported_versions: [version],
    }),
  );
}

/** Reads the gateway's answer, `{"agreed_version":1}`. */
export function readAgreement(payload: Buffer, version: number): FrameProblem | undefined {
  const agreed = agreedVersion(payload);
  if (agreed === version) return undefined;
  if (typeof agreed === "number") {
    return {
      problem: `version ${agreed} as the one agreed on; this router speaks version ${version} of the layout`,
      hint: "Let the gateway offer version 1, or use another gateway.framing.",
    };
  }
  return { problem: "an answer to the version negotiation that names no agreed_version" };
}

function agreedVersion(payload: Buffer): unknown {
  try {
    const answer: unknown = JSON.parse(payload.toString("utf8"));
    return typeof answer === "object" && answer !== null ? Reflect.get(answer, "agreed_version") : undefined;
  } catch {
    return undefined;
  }
}
