// Shorter texts occur by chance: replacing them would tear log lines apart and tell what the secret is.
const SHORTEST = 8;
const MARK = "[redacted]";

/** Replaces every secret it was told of, however the text around it was encoded: plain, JSON, URL, form or base64. */
export class Redactor {
  readonly #known = new Set<string>();
  #forms: readonly string[] = [];

  /** Secrets of fewer than 8 characters are ignored. */
  add(secret: string): void {
    if (secret.length < SHORTEST || this.#known.has(secret)) return;
    this.#known.add(secret);
    // Longest first: a secret that contains another one must not leave its rest behind.
    this.#forms = [...new Set([...this.#forms, ...formsOf(secret)])].sort((a, b) => b.length - a.length);
  }

  redact(text: string): string {
    let result = text;
    for (const form of this.#forms) if (result.includes(form)) result = result.replaceAll(form, MARK);
    return result;
  }
}

function formsOf(secret: string): readonly string[] {
  const bytes = Buffer.from(secret);
  const url = encodeURIComponent(secret);
  // In a form a space is a plus (application/x-www-form-urlencoded), and four characters that a URL leaves alone are encoded.
  const form = new URLSearchParams({ "": secret }).toString().slice(1);
  const forms = [secret, JSON.stringify(secret).slice(1, -1), url, form, ...base64Forms(bytes)];
  return forms.filter((form) => form.length >= SHORTEST);
}

/**
 * The base64 characters that depend on the secret alone, for each of its three places in a group of three bytes, such
 * as behind `user:` in an Authorization header.
 */
function base64Forms(bytes: Buffer): readonly string[] {
  const forms: string[] = [];
  for (let before = 0; before < 3; before += 1) {
    const first = Math.ceil((before * 8) / 6);
    const last = Math.floor(((before + bytes.length) * 8) / 6);
    const padded = Buffer.concat([Buffer.alloc(before), bytes]);
    forms.push(padded.toString("base64").slice(first, last), padded.toString("base64url").slice(first, last));
  }
  return forms;
}
