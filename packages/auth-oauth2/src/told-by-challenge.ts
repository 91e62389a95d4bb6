/** Characters of a challenge that are looked at. */
const LONGEST = 4096;

const PARAMETER = /(?:^|[\s,])resource_metadata=(?:"((?:[^"\\]|\\.)*)"|([^\s,"]+))/i;

/** The `resource_metadata` of a `WWW-Authenticate` (RFC 9728 §5.1). Undefined when it has none that is a URL. */
export function resourceMetadataOf(challenge: string | undefined): URL | undefined {
  const [, quoted, plain] = PARAMETER.exec((challenge ?? "").slice(0, LONGEST)) ?? [];
  const text = quoted?.replace(/\\(.)/g, "$1") ?? plain;
  return text !== undefined && URL.canParse(text) ? new URL(text) : undefined;
}
