import { TEST_AUTHORITY, TEST_IDENTITY } from "../support/test-identity.ts";
import type { Target } from "./target.ts";
import { routedTarget, type Chain } from "./targets/routed-target.ts";
import { sixtyLineTarget } from "./targets/sixty-line-target.ts";

/** Everything that a gateway can be reached by: transport, wire, framing and version, each plain and over TLS. */
const CHAINS: readonly Chain[] = [
  { name: "ws, envelopes", gateway: {}, config: {} },
  { name: "ws, bare messages", gateway: { wire: "json-rpc" }, config: { wire: "json-rpc" } },
  { name: "ws, version 1", gateway: { version: "1" }, config: { version: 1 } },
  { name: "ws, version 1 found out", gateway: { version: "1", announceVersion: false }, config: {} },
  {
    name: "ws, custom without tokens in messages",
    gateway: { version: "1", onAuthToken: "close" },
    config: { version: "custom", features: { per_message_auth: false } },
  },
  { name: "tcp, guide", gateway: { transport: "tcp" }, config: {} },
  { name: "tcp, typed", gateway: { transport: "tcp", framing: "typed" }, config: { framing: "typed" } },
  { name: "tcp, mcpb", gateway: { transport: "tcp", framing: "mcpb" }, config: { framing: "mcpb" } },
  {
    name: "tcp, mcpb-padded",
    gateway: { transport: "tcp", framing: "mcpb-padded" },
    config: { framing: "mcpb-padded" },
  },
  {
    name: "tcp, bare messages on lines",
    gateway: { transport: "tcp", wire: "json-rpc" },
    config: { wire: "json-rpc" },
    tokenless: true,
  },
  {
    name: "tcp, bare messages in typed frames",
    gateway: { transport: "tcp", wire: "json-rpc", framing: "typed" },
    config: { wire: "json-rpc", framing: "typed" },
    tokenless: true,
  },
  { name: "tcp, envelopes on lines", gateway: { transport: "tcp", framing: "lines" }, config: { framing: "lines" } },
];

const secured = ({ name, gateway, config, ...rest }: Chain): Chain => ({
  ...rest,
  name: `TLS, ${name}`,
  gateway: { ...gateway, tls: TEST_IDENTITY },
  config: { ...config, tls: { ca_cert_path: TEST_AUTHORITY } },
});

/** The chains that have to look like the server itself. A transport, wire or gateway version more is a row more. */
export const targets: readonly Target[] = [
  ...CHAINS.map((chain) => routedTarget(chain)),
  ...CHAINS.map((chain) => routedTarget(secured(chain))),
  sixtyLineTarget,
];

const EVERYTHING = process.env["MCP_ROUTER_MATRIX"] === "1";
const MAIN: ReadonlySet<string> = new Set(["ws, envelopes", "TLS, tcp, guide"]);

/** Whether a client other than the first tries this target too. All of them do in the matrix. */
export function isForEveryClient({ name }: Target): boolean {
  return EVERYTHING || MAIN.has(name);
}
