import type { ProbeEndpoint } from "@mcp-router/core";

import { UsageError } from "../arguments/usage-error.ts";

/** The endpoints that `--endpoint` means: by place in the configuration, by address, or by host; without it all. @throws UsageError */
export function chooseEndpoints<Endpoint extends ProbeEndpoint>(
  endpoints: readonly Endpoint[],
  wanted: string | undefined,
): readonly Endpoint[] {
  if (wanted === undefined) return endpoints;
  const chosen = endpoints.filter(({ index, name }) => {
    if (/^\d+$/.test(wanted)) return index === Number(wanted);
    const { host, hostname } = new URL(name);
    return [name, host, hostname].includes(wanted) || (URL.canParse(wanted) && originOf(wanted) === name);
  });
  if (chosen.length > 0) return chosen;
  const known = endpoints.map(({ index, name }) => `${index} (${name})`).join(", ");
  throw new UsageError(`--endpoint ${wanted}: there is no such endpoint; there are ${known}`);
}

function originOf(text: string): string {
  const { protocol, host } = new URL(text);
  return `${protocol}//${host}`;
}
