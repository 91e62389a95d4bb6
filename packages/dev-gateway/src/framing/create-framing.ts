import type { Framing, FramingName } from "./framing.ts";
import { GuideFraming } from "./guide-framing.ts";
import { LinesFraming } from "./lines-framing.ts";
import { MCPB, MCPB_PADDED, McpbFraming } from "./mcpb-framing.ts";

const MAKERS: Readonly<Record<FramingName, (maxMessageBytes: number) => Framing>> = {
  guide: (maxMessageBytes) => new GuideFraming({ typed: false, maxMessageBytes }),
  typed: (maxMessageBytes) => new GuideFraming({ typed: true, maxMessageBytes }),
  mcpb: (maxMessageBytes) => new McpbFraming(MCPB, maxMessageBytes),
  "mcpb-padded": (maxMessageBytes) => new McpbFraming(MCPB_PADDED, maxMessageBytes),
  lines: (maxMessageBytes) => new LinesFraming(maxMessageBytes),
};

/** The framing of a new connection. */
export function createFraming(name: FramingName, maxMessageBytes: number): Framing {
  return MAKERS[name](maxMessageBytes);
}
