import type { Framing, FramingName } from "./framing.ts";
import { GuideFraming } from "./guide-framing.ts";
import { LinesFraming } from "./lines-framing.ts";
import { MCPB, MCPB_PADDED, McpbFraming } from "./mcpb-framing.ts";

/** The framing of a new connection. */
export function createFraming(name: FramingName, maxMessageBytes: number): Framing {
  switch (name) {
    case "guide":
    case "typed":
      return new GuideFraming({ typed: name === "typed", maxMessageBytes });
    case "mcpb":
      return new McpbFraming(MCPB, maxMessageBytes);
    case "mcpb-padded":
      return new McpbFraming(MCPB_PADDED, maxMessageBytes);
    case "lines":
      return new LinesFraming(maxMessageBytes);
  }
}
