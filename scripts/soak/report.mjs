// The end of a run in words and numbers.

/** Of each kind: a flood of one must not hide the others. */
const SHOWN_VIOLATIONS = 5;

export function printReport({ settings, seconds, summary, violations, faults, connections, messages, vitals }) {
  const { restart: restarts = 0, ...others } = faults;
  const shown = firstOfEachKind(violations);
  const lines = [
    `soak: seed ${settings.seed}, ${seconds} s`,
    listed(summary),
    listed({ violations: violations.length, restarts, ...others, connections }),
    `router: ${messages} messages, RSS ${mega(vitals.memoryAtStart)} MB at the start and ${mega(vitals.memoryAtEnd)} MB at the end, ` +
      `slope ${mega(vitals.slope)} MB per 100,000 messages (${vitals.samples} samples after warm-up), ` +
      `fds ${vitals.fdsAtStart ?? "?"} at the start and ${vitals.fdsAtEnd ?? "?"} at the end`,
    ...shown.map((sentence) => `✘ ${sentence}`),
    ...(violations.length > shown.length ? [`✘ and ${violations.length - shown.length} more`] : []),
  ];
  console.log(lines.map((line) => `  ${line}`).join("\n"));
}

/** What stands before the colon names the rule that was broken. */
function firstOfEachKind(violations) {
  const seen = new Map();
  return violations.filter((sentence) => {
    const kind = sentence.split(":", 1)[0];
    const count = (seen.get(kind) ?? 0) + 1;
    seen.set(kind, count);
    return count <= SHOWN_VIOLATIONS;
  });
}

function listed(counts) {
  return Object.entries(counts)
    .map(([name, count]) => `${name} ${count}`)
    .join(", ");
}

function mega(value) {
  return value === undefined || Number.isNaN(value) ? "?" : value.toFixed(2);
}
