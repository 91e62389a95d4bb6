import { escapeForPeople } from "@mcp-router/core/plugin";
import { kindOf } from "./address-kinds.ts";
import { credentialError } from "./credential-error.ts";

/** Characters of the longest address that a person is shown. */
const LONGEST = 8192;

/**
 * An address that a server told and a person is to open: of the web, without user information, and written anew.
 *
 * @throws DialError `credential`
 */
export function webAddress(text: string | undefined, what: string): URL {
  const url = text !== undefined && text.length <= LONGEST && URL.canParse(text) ? new URL(text) : undefined;
  const local =
    url !== undefined && (url.hostname === "localhost" || kindOf(url.hostname.replace(/^\[|\]$/g, "")) === "loopback");
  const proper = url?.protocol === "https:" || (url?.protocol === "http:" && local);
  if (url !== undefined && proper && url.username === "" && url.password === "") return url;
  throw credentialError(
    `The authorization server tells no ${what} that can be opened (${escapeForPeople(text ?? "none", 100)}).`,
    {
      hint: "Check auth.issuer and auth.grant_type.",
    },
  );
}
