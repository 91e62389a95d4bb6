/** The client has sent what the framing does not allow. */
export class FramingViolation extends Error {
  override readonly name = "FramingViolation";
  /** What a WebSocket gateway would close with: 1002 protocol error, 1009 too large. */
  readonly closeCode: number;

  constructor(message: string, closeCode = 1002) {
    super(message);
    this.closeCode = closeCode;
  }
}

/** A frame says that it is longer than frames may be. */
export function tooLong(length: number, limit: number): FramingViolation {
  return new FramingViolation(`a frame of ${length} bytes is over the limit of ${limit}`, 1009);
}

/** The first bytes of a frame are none of a frame; they are shown as far as they have come. */
export function noFrame(bytes: Buffer, expected: string): FramingViolation {
  return new FramingViolation(
    `expected a frame that begins with ${expected}, received ${bytes.toString("hex", 0, 16)}`,
  );
}
