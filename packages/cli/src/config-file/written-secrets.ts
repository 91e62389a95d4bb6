// Shorter texts are in every file by chance.
const SHORTEST = 8;

/** Finds out whether a file that others can read has a secret written in it, as secrets become known. */
export class WrittenSecrets {
  readonly #file: string;
  readonly #text: string;
  #found = false;

  constructor(file: string, text: string) {
    this.#file = file;
    this.#text = text;
  }

  note(secret: string): void {
    if (secret.length >= SHORTEST && this.#text.includes(secret)) this.#found = true;
  }

  /** One sentence if there is something to say. */
  get warning(): string | undefined {
    if (!this.#found) return undefined;
    return `${this.#file} holds a secret and can be read by other users; run: chmod 600 ${this.#file}`;
  }
}
