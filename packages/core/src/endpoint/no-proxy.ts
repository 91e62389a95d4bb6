/**
 * Which entry of `NO_PROXY` a host matches: `*`, a name with everything below it (`example.com`, `.example.com`,
 * `*.example.com`), an address, a range of addresses (`10.0.0.0/8`), each with a port or without.
 *
 * @returns undefined when none does.
 */
export function matchNoProxy(list: string, host: string, port: number | undefined): string | undefined {
  const name = host.replace(/^\[|\]$/g, "").toLowerCase();
  return list
    .split(/[\s,]+/)
    .filter((entry) => entry !== "")
    .find((entry) => matches(entry.toLowerCase(), name, port));
}

function matches(entry: string, name: string, port: number | undefined): boolean {
  if (entry === "*") return true;
  const { host, port: onlyPort } = split(entry);
  if (onlyPort !== undefined && onlyPort !== port) return false;
  if (host.includes("/")) return inRange(host, name);
  const suffix = host.replace(/^\*?\./, "");
  return name === suffix || name.endsWith(`.${suffix}`);
}

function split(entry: string): { readonly host: string; readonly port: number | undefined } {
  const [, bracketed, bracketedPort] = /^\[([^\]]+)\](?::(\d+))?$/.exec(entry) ?? [];
  if (bracketed !== undefined) return { host: bracketed, port: numberOf(bracketedPort) };
  // More than one colon is an IPv6 address, which has no place for a port without brackets.
  const [, host, port] = /^([^:]+):(\d+)$/.exec(entry) ?? [];
  return host === undefined ? { host: entry, port: undefined } : { host, port: numberOf(port) };
}

function numberOf(digits: string | undefined): number | undefined {
  return digits === undefined ? undefined : Number(digits);
}

function inRange(range: string, address: string): boolean {
  const { BlockList, isIP } = process.getBuiltinModule("node:net");
  const [network = "", bits = ""] = range.split("/");
  const kinds = { 0: undefined, 4: "ipv4", 6: "ipv6" } as const;
  const kind = kinds[kindOf(isIP(network))];
  const own = kinds[kindOf(isIP(address))];
  const prefix = /^\d{1,3}$/.test(bits) ? Number(bits) : Number.NaN;
  if (kind === undefined || own === undefined || !(prefix <= (kind === "ipv4" ? 32 : 128))) return false;
  const list = new BlockList();
  list.addSubnet(network, prefix, kind);
  return list.check(address, own);
}

function kindOf(version: number): 0 | 4 | 6 {
  return version === 4 || version === 6 ? version : 0;
}
