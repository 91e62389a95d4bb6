/** The head of a WebSocket frame (RFC 6455 §5.2). */
export interface WebSocketHeader {
  readonly opcode: number;
  readonly fin: boolean;
  readonly mask: Buffer | undefined;
  readonly headerLength: number;
  readonly payloadLength: number;
}

/** The longest head: two bytes, eight of length, four of mask. */
export const LONGEST_HEADER = 14;

/** Reads a head from the beginning of these bytes; undefined when it is not complete. */
export function readWebSocketHeader(bytes: Buffer): WebSocketHeader | undefined {
  if (bytes.length < 2) return undefined;
  const first = bytes.readUInt8(0);
  const second = bytes.readUInt8(1);
  const short = second & 0x7f;
  const lengthBytes = short === 126 ? 2 : short === 127 ? 8 : 0;
  const masked = (second & 0x80) !== 0;
  const headerLength = 2 + lengthBytes + (masked ? 4 : 0);
  if (bytes.length < headerLength) return undefined;
  return {
    opcode: first & 0x0f,
    fin: (first & 0x80) !== 0,
    mask: masked ? bytes.subarray(headerLength - 4, headerLength) : undefined,
    headerLength,
    payloadLength:
      lengthBytes === 0 ? short : lengthBytes === 2 ? bytes.readUInt16BE(2) : Number(bytes.readBigUInt64BE(2)),
  };
}
