import { BlockList, isIP } from "node:net";

/** How far an address reaches. `forbidden` is nobody's server: link-local (with the metadata services of clouds), multicast. */
export type AddressKind = "loopback" | "private" | "forbidden" | "public";

function blockOf(subnets: readonly string[]): BlockList {
  const list = new BlockList();
  for (const subnet of subnets) {
    const [network = "", prefix] = subnet.split("/");
    list.addSubnet(network, Number(prefix), isIP(network) === 6 ? "ipv6" : "ipv4");
  }
  return list;
}

/** IANA's special-purpose address registries (RFC 6890 and updates). IPv6 that holds IPv4 is judged by what it holds. */
const KINDS: readonly (readonly [kind: AddressKind, list: BlockList])[] = [
  ["loopback", blockOf(["127.0.0.0/8", "::1/128"])],
  [
    "forbidden",
    blockOf([
      "0.0.0.0/8",
      "169.254.0.0/16",
      "192.0.0.0/24",
      "192.0.2.0/24",
      "198.51.100.0/24",
      "203.0.113.0/24",
      "224.0.0.0/3",
      "::/96",
      "64:ff9b::/96",
      "64:ff9b:1::/48",
      "100::/64",
      "2001::/32",
      "2001:db8::/32",
      "2002::/16",
      "fe80::/10",
      "ff00::/8",
    ]),
  ],
  [
    "private",
    blockOf([
      "10.0.0.0/8",
      "100.64.0.0/10",
      "172.16.0.0/12",
      "192.168.0.0/16",
      "198.18.0.0/15",
      "fc00::/7",
      "fec0::/10",
    ]),
  ],
];

/** The kind of an IP address; `forbidden` for what is none. */
export function kindOf(address: string): AddressKind {
  const family = isIP(address);
  if (family === 0) return "forbidden";
  const found = KINDS.find(([, list]) => list.check(address, family === 6 ? "ipv6" : "ipv4"));
  return found?.[0] ?? "public";
}
