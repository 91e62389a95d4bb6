// The end of a run in words and numbers.

const SHOWN_VIOLATIONS = 20;

export function printReport({ settings, seconds, summary, violations, faults, connections, messages, vitals }) {
  const { restart: restarts = 0, ...others } = faults;
  const lines = [
    `soak: seed ${settings.seed}, ${seconds} s`,
    listed(summary),
    listed({ violations: violations.length, restarts, ...others, connections }),
    `router: ${messages} messages, RSS ${mega(vitals.memoryAtStart)} MB at the start and ${mega(vitals.memoryAtEnd)} MB at the end, ` +
      `slope ${mega(vitals.slope)} MB per 100,000 messages (${vitals.samples} samples after warm-up), ` +
      `fds ${vitals.fdsAtStart ?? "?"} at the start and ${vitals.fdsAtEnd ?? "?"} at the end`,
    ...violations.slice(0, SHOWN_VIOLATIONS).map((sentence) => `✘ ${sentence}`),
    ...(violations.length > SHOWN_VIOLATIONS ? [`✘ and ${violations.length - SHOWN_VIOLATIONS} more`] : []),
  ];
  console.log(lines.map((line) => `  ${line}`).join("\n"));
}

function listed(counts) {
  return Object.entries(counts)
    .map(([name, count]) => `${name} ${count}`)
    .join(", ");
}

function mega(value) {
  return value === undefined || Number.isNaN(value) ? "?" : value.toFixed(2);
}
