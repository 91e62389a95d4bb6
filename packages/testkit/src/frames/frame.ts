/** One frame of a protocol. */
export interface Frame {
  /** What the frame carries, readable. */
  readonly payload: Buffer;
  /** The frame as it is on the wire. */
  readonly bytes: Buffer;
}
