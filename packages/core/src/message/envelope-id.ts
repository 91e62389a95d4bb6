import { randomBytes } from "node:crypto";

const RANDOM_BYTES = 9;

/** Returns ids that no other transmission of this run, and in practice of no other run, has: a random prefix and a counter. */
export function createEnvelopeIds(random: (size: number) => Uint8Array = randomBytes): () => string {
  const prefix = `${Buffer.from(random(RANDOM_BYTES)).toString("base64url")}-`;
  let count = 0;
  return () => prefix + String(++count);
}
