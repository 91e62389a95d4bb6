/** Where a value stands in a buffer: `start` is its first byte, `end` the byte after its last. */
export class Span {
  readonly start: number;
  readonly end: number;

  constructor(start: number, end: number) {
    this.start = start;
    this.end = end;
  }
}
