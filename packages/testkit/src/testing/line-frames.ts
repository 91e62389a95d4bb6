import type { Frame } from "../frames/frame.ts";
import type { FrameSplitter, Portion } from "../frames/frame-splitter.ts";

/** Lines, as the simplest protocol there is. */
export const lineFrames: FrameSplitter<Frame> = () => {
  let rest = Buffer.alloc(0);
  return {
    push(bytes) {
      rest = Buffer.concat([rest, bytes]);
      const portions: Portion<Frame>[] = [];
      for (let end = rest.indexOf("\n"); end >= 0; end = rest.indexOf("\n")) {
        const line = rest.subarray(0, end + 1);
        rest = rest.subarray(end + 1);
        portions.push({ bytes: line, frame: { payload: line.subarray(0, end), bytes: line } });
      }
      return portions;
    },
    rest: () => rest,
  };
};
