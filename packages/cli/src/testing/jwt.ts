/** Seconds since 1970, and so many more. */
export function secondsFromNow(seconds: number): number {
  return Math.floor(Date.now() / 1000) + seconds;
}

/** A JWT with these claims. Its signature is worth nothing, and is as secret as any other. */
export function jwt(claims: object): string {
  const parts = [{ alg: "RS256", typ: "at+jwt" }, claims].map((part) =>
    Buffer.from(JSON.stringify(part)).toString("base64url"),
  );
  return [...parts, Buffer.from("a signature that nobody may see").toString("base64url")].join(".");
}
