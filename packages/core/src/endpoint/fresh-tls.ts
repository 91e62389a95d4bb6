import type { CredentialSourceOptions } from "../link/credential-source.ts";
import type { Transport } from "../plugin/transport.ts";
import type { EndpointTls } from "./endpoint-tls.ts";

type CredentialParts = Pick<CredentialSourceOptions, "provider" | "complete">;

interface CertificateOptions extends CredentialParts {
  readonly tls: EndpointTls;
  /** The client certificate is another one. */
  readonly changed: () => void;
  readonly signal: AbortSignal;
}

/**
 * Every dial asks for a credential first: so that is when the endpoint's files are looked at. The client certificate of
 * `gateway.tls` becomes a part of the credential, so that a change of it replaces connections as any other change does.
 */
export function withClientCertificate(options: CertificateOptions): CredentialParts {
  const { provider, complete, tls, changed, signal } = options;
  if (!tls.hasFiles) return { provider, complete };
  return {
    provider: {
      authenticate: async (draft) => {
        await tls.refresh();
        // From the first use on: a router that is never asked anything reads nothing.
        tls.watch(signal, changed);
        await provider?.authenticate(draft);
      },
    },
    complete: async (draft) => {
      await complete(draft);
      const { identity } = tls;
      const hasOwn = draft.tls?.cert !== undefined || draft.tls?.pfx !== undefined;
      if (identity !== undefined && !hasOwn) draft.tls = { ...draft.tls, ...identity };
    },
  };
}

/** What asks for the health of an endpoint, with its TLS files as they are at that moment. */
export function withFreshTls(transport: Transport, tls: EndpointTls): Pick<Transport, "health"> {
  const ask = transport.health?.bind(transport);
  if (ask === undefined || !tls.hasFiles) return transport;
  return {
    health: async (...question) => {
      await tls.refresh();
      return await ask(...question);
    },
  };
}
