/** The longest delay a timer of Node can hold; a longer one would fire at once. */
export const LONGEST_TIMER_MS = 2_147_483_647;

/** A duration that must pass: at least one millisecond. */
export const duration = { type: "integer", minimum: 1, maximum: LONGEST_TIMER_MS } as const;

/** A duration that 0 switches off. */
export const optionalDuration = { type: "integer", minimum: 0, maximum: LONGEST_TIMER_MS } as const;
