/** Layouts that begin with a head. */
export type TcpLayout = "guide" | "typed" | "mcpb" | "mcpb-padded";

/** The head of a frame. */
export interface TcpHead {
  readonly type: number;
  readonly headLength: number;
  readonly payloadLength: number;
}

/** The longest head, that of `mcpb-padded`. */
export const LONGEST_TCP_HEAD = 16;

const GUIDE = Buffer.from("MC");
const MCPB = Buffer.from("MCPB");
const MCPB_PADDED = Buffer.from("MCP\0");
const HIGHEST_GUIDE_TYPE = 5;

/** Reads a head from the beginning of these bytes. */
export function readTcpHead(layout: TcpLayout, bytes: Buffer): TcpHead | "incomplete" | "no frame" {
  if (layout === "mcpb") return readMcpbHead(bytes, MCPB, 12);
  if (layout === "mcpb-padded") return readMcpbHead(bytes, MCPB_PADDED, LONGEST_TCP_HEAD);
  return readGuideHead(bytes);
}

/** Magic, then a type unless it is 0, then the length. Without a type the 0 is the first byte of the length. */
function readGuideHead(bytes: Buffer): TcpHead | "incomplete" | "no frame" {
  if (!begins(bytes, GUIDE)) return "no frame";
  const type = bytes[GUIDE.length];
  if (type === undefined) return "incomplete";
  if (type > HIGHEST_GUIDE_TYPE) return "no frame";
  const headLength = type === 0 ? 6 : 7;
  if (bytes.length < headLength) return "incomplete";
  return { type, headLength, payloadLength: bytes.readUInt32BE(headLength - 4) };
}

/** Magic, u16 version, u16 type; the last four bytes are the length. */
function readMcpbHead(bytes: Buffer, magic: Buffer, headLength: number): TcpHead | "incomplete" | "no frame" {
  if (!begins(bytes, magic)) return "no frame";
  if (bytes.length < headLength) return "incomplete";
  return { type: bytes.readUInt16BE(6), headLength, payloadLength: bytes.readUInt32BE(headLength - 4) };
}

/** Whether the bytes, as far as they have come, are those of the magic. */
function begins(bytes: Buffer, magic: Buffer): boolean {
  return bytes.subarray(0, magic.length).equals(magic.subarray(0, bytes.length));
}
