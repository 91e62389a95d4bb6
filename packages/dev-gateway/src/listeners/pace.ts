/** How slowly bytes leave: so many at once, then a pause. */
export interface Pace {
  readonly bytes: number;
  readonly gapMs: number;
}
