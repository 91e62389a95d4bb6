import { setTimeout as delay } from "node:timers/promises";
import { escapeForPeople } from "@mcp-router/core/plugin";
import {
  type Client,
  deviceAuthorizationRequest,
  deviceCodeGrantRequest,
  processDeviceAuthorizationResponse,
} from "oauth4webapi";
import { clientProof } from "./client-authentication.ts";
import { credentialError } from "./credential-error.ts";
import type { Login } from "./login.ts";
import { type IssuedToken, refuseStatus, requestToken } from "./request-token.ts";
import { parametersFor, settingsFor } from "./request-settings.ts";
import { webAddress } from "./web-address.ts";

/** Seconds between two questions where the server tells none, and that are added when it wants fewer (RFC 8628 §3.5). */
const USUAL_INTERVAL_S = 5;

/** Milliseconds; longer than any code is good for. */
const LONGEST_WAIT_MS = 24 * 60 * 60 * 1000;

/** A person types a code in on any device (RFC 8628). @throws DialError; the reason of the person's signal. */
export async function loginOnOtherDevice(login: Login): Promise<IssuedToken> {
  const { options, context, server, person } = login;
  const { device_code: code, expires_in: expiresIn, interval = USUAL_INTERVAL_S, ...told } = await begin(login);
  context.secret(code);
  const address = webAddress(told.verification_uri_complete ?? told.verification_uri, "address for device codes");
  person.show(`Open ${address.href}`);
  person.show(`and check, or type in, the code ${escapeForPeople(told.user_code, 60)}`);
  const client: Client = { client_id: options.client_id };
  const endsAt = performance.now() + expiresIn * 1000;
  let waitS = interval;
  while (performance.now() < endsAt) {
    // A timer takes what is longer than it can hold for no time at all.
    const waitMs = Math.min(waitS * 1000, Math.ceil(endsAt - performance.now()), LONGEST_WAIT_MS);
    await delay(waitMs, undefined, { signal: person.signal });
    const answer = await requestToken({
      ...login,
      refreshToken: undefined,
      send: async (_request, { authentication }) =>
        await deviceCodeGrantRequest(server.metadata, client, authentication, code, settingsFor(server, context)),
    });
    if ("issued" in answer) return answer.issued;
    const { failure, refused } = answer;
    if (refused === "slow_down") waitS += USUAL_INTERVAL_S;
    else if (refused !== "authorization_pending" && failure.permanent) throw failure;
  }
  throw credentialError("The code was not used in time.", { hint: "Run mcp-router auth login again." });
}

async function begin({ options, context, server, warn }: Login) {
  const { authentication } = await clientProof(options, context, server.audience, warn);
  const client: Client = { client_id: options.client_id };
  if (server.metadata.device_authorization_endpoint === undefined) {
    throw credentialError(`${server.place} has no sign-in by device code.`, {
      hint: "Use auth.grant_type authorization_code, with auth.issuer.",
    });
  }
  const parameters = parametersFor(options, server);
  const settings = settingsFor(server, context);
  const response = await deviceAuthorizationRequest(server.metadata, client, authentication, parameters, settings);
  refuseStatus(response, "The device authorization endpoint");
  return await processDeviceAuthorizationResponse(server.metadata, client, response);
}
