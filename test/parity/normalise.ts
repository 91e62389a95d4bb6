// What two runs of the same scenario cannot have in common, and nothing else.
const PATTERNS: readonly (readonly [pattern: RegExp, replacement: string])[] = [
  // The server writes the time of day into its dynamic resources.
  [/created at \d{1,2}:\d{2}:\d{2}(?:\s[AP]M)?/g, "created at <time>"],
  // Times of tasks.
  [/\b\d{4}-\d{2}-\d{2}T\d{2}:\d{2}:\d{2}\.\d{3}Z/g, "<time>"],
  // Ids the server draws: elicitations and tasks.
  [/\b[0-9a-f]{8}-[0-9a-f]{4}-[0-9a-f]{4}-[0-9a-f]{4}-[0-9a-f]{12}\b/g, "<random id>"],
  [/\b[0-9a-f]{32}\b/g, "<random id>"],
];

const RANDOM_LOG = /^[A-Z][a-z]+[- ]level[- ]message$/;

/** The value with everything that is specific to a run replaced by a name for it. */
export function normalise(value: unknown): unknown {
  if (typeof value === "string") return normaliseText(value);
  if (Array.isArray(value)) return value.map(normalise);
  if (typeof value !== "object" || value === null) return value;
  if (isRandomLog(value)) return { level: "<random>", data: "<random>" };
  return Object.fromEntries(
    Object.entries(value).map(([key, member]) => [
      key,
      key === "blob" && typeof member === "string" ? normaliseBlob(member) : normalise(member),
    ]),
  );
}

function normaliseText(text: string): string {
  return PATTERNS.reduce((result, [pattern, replacement]) => result.replace(pattern, replacement), text);
}

// Only blobs that hold such a text are opened: all others are compared as they are.
function normaliseBlob(blob: string): string {
  const text = Buffer.from(blob, "base64").toString("utf8");
  const normal = normaliseText(text);
  return normal === text ? blob : `base64 of ${normal}`;
}

// "Simulated logging" draws one of eight messages.
function isRandomLog(value: object): boolean {
  return "level" in value && "data" in value && typeof value.data === "string" && RANDOM_LOG.test(value.data);
}
