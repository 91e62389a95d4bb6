import type { Credential, TlsMaterial } from "../plugin/credential.ts";
import type { Secret } from "../plugin/secret.ts";

/** Whether a connection opened with one credential would be the same with the other, but for the bearer. */
export function sameOnDial(before: Credential, after: Credential): boolean {
  return sameTls(before.tls, after.tls) && sameHeaders(before.headers, after.headers);
}

function sameTls(before: TlsMaterial | undefined, after: TlsMaterial | undefined): boolean {
  if (before === after) return true;
  return (
    before?.cert === after?.cert &&
    before?.key === after?.key &&
    before?.ca?.join("") === after?.ca?.join("") &&
    samePfx(before?.pfx, after?.pfx)
  );
}

function samePfx(before: TlsMaterial["pfx"], after: TlsMaterial["pfx"]): boolean {
  if (before === undefined || after === undefined) return before === after;
  return before.bytes.equals(after.bytes) && before.passphrase?.reveal() === after.passphrase?.reveal();
}

function sameHeaders(before: Credential["headers"], after: Credential["headers"]): boolean {
  return before.size === after.size && [...before].every(([name, value]) => textOf(after.get(name)) === textOf(value));
}

function textOf(value: Secret | string | undefined): string | undefined {
  return typeof value === "string" ? value : value?.reveal();
}
