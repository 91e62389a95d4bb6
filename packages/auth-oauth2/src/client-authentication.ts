import type { AuthContext } from "@mcp-router/core/plugin";
import {
  type ClientAuth,
  ClientSecretBasic,
  ClientSecretPost,
  modifyAssertion,
  None,
  PrivateKeyJwt,
} from "oauth4webapi";
import { credentialError } from "./credential-error.ts";
import type { Oauth2Options } from "./options.ts";
import { importPrivateKey } from "./private-key.ts";
import { readSecret } from "./read-secret.ts";

export interface ClientProof {
  readonly authentication: ClientAuth;
  /** Where what proves it comes from, for messages. */
  readonly from: string;
}

/**
 * How the client proves who it is: as `auth.token_endpoint_auth_method` says, else by what it has.
 *
 * @param audience What a signed assertion is made out to.
 * @throws DialError `credential` when the secret or key is missing or unfit.
 */
export async function clientProof(
  options: Oauth2Options,
  context: AuthContext,
  audience: string,
  warn: (message: string) => void,
): Promise<ClientProof> {
  const method = methodOf(options);
  if (method === "none") return { authentication: None(), from: "auth.token_endpoint_auth_method (none)" };
  if (method === "private_key_jwt") return await byKey(options, context, audience, warn);
  const secret = await readSecret(clientSecretPlace(options), context, warn);
  if (secret === undefined) throw missing(method, "client_secret_env, auth.client_secret_file or auth.client_secret");
  return {
    authentication: method === "client_secret_post" ? ClientSecretPost(secret.text) : ClientSecretBasic(secret.text),
    from: secret.from,
  };
}

/** Where the client's secret stands. */
function clientSecretPlace(options: Oauth2Options) {
  return {
    key: "client_secret",
    variable: options.client_secret_env,
    file: options.client_secret_file,
    text: options.client_secret,
  };
}

function methodOf(options: Oauth2Options): NonNullable<Oauth2Options["token_endpoint_auth_method"]> {
  const { token_endpoint_auth_method: method, private_key_file: key } = options;
  if (method !== undefined) return method;
  if (key !== undefined) return "private_key_jwt";
  const { variable, file, text } = clientSecretPlace(options);
  return variable === undefined && file === undefined && text === undefined ? "none" : "client_secret_basic";
}

async function byKey(
  options: Oauth2Options,
  context: AuthContext,
  audience: string,
  warn: (message: string) => void,
): Promise<ClientProof> {
  const pem = await readSecret({ key: "private_key", file: options.private_key_file }, context, warn);
  if (pem === undefined) throw missing("private_key_jwt", "private_key_file");
  const passphrase = await readSecret(
    { key: "private_key_passphrase", variable: options.private_key_passphrase_env },
    context,
    warn,
  );
  const key = await importPrivateKey(pem, passphrase);
  const signer = options.private_key_id === undefined ? key : { key, kid: options.private_key_id };
  const authentication = PrivateKeyJwt(signer, {
    [modifyAssertion]: (_header, payload) => {
      payload["aud"] = audience;
    },
  });
  return { authentication, from: pem.from };
}

function missing(method: string, keys: string): Error {
  return credentialError(`auth.token_endpoint_auth_method ${method} needs auth.${keys}, and there is none.`, {
    hint: "For example: client_secret_env: OAUTH_CLIENT_SECRET",
  });
}
