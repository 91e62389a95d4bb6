/** Larger integers do not fit a double, and no client makes them. */
const MOST_DIGITS = 308;
const SHORT_INTEGER = 15;

/**
 * A key for an id as written: equal for two spellings of the same id, different for `1` and `"1"`. Integers keep all their
 * digits. Undefined for what cannot be an id: a fraction, `null`, anything but a string or a number.
 *
 * @param rawJsonText one valid JSON value, without white space around it.
 */
export function idKey(rawJsonText: string): string | undefined {
  const first = rawJsonText.charCodeAt(0);
  if (first === 0x22) return rawJsonText.includes("\\") ? respelled(rawJsonText) : rawJsonText;
  if (isPlainInteger(rawJsonText)) return rawJsonText;
  return first === 0x2d || (first >= 0x30 && first <= 0x39) ? integerKey(rawJsonText) : undefined;
}

/** What `JSON.stringify` makes of a string is what the sender wrote, when that has no escapes. */
function respelled(rawJsonText: string): string {
  return JSON.stringify(JSON.parse(rawJsonText));
}

function isPlainInteger(text: string): boolean {
  if (text.length > SHORT_INTEGER || (text.length > 1 && text.charCodeAt(0) === 0x30)) return false;
  for (let index = 0; index < text.length; index++) {
    const code = text.charCodeAt(index);
    if (code < 0x30 || code > 0x39) return false;
  }
  return text.length > 0;
}

function integerKey(text: string): string | undefined {
  const negative = text.startsWith("-");
  const exponentAt = Math.max(text.indexOf("e"), text.indexOf("E"));
  const mantissa = text.slice(negative ? 1 : 0, exponentAt < 0 ? text.length : exponentAt);
  const exponent = exponentAt < 0 ? 0 : Number(text.slice(exponentAt + 1));
  const dot = mantissa.indexOf(".");
  const whole = dot < 0 ? mantissa : mantissa.slice(0, dot);
  const digits = dot < 0 ? mantissa : whole + mantissa.slice(dot + 1);

  let first = 0;
  while (first < digits.length && digits.charCodeAt(first) === 0x30) first++;
  if (first === digits.length) return "0";
  let last = digits.length;
  while (digits.charCodeAt(last - 1) === 0x30) last--;

  // The value is its significant digits followed by this many zeros; fewer than none would make it a fraction.
  const zeros = whole.length + exponent - last;
  if (zeros < 0 || last - first + zeros > MOST_DIGITS) return undefined;
  return `${negative ? "-" : ""}${digits.slice(first, last)}${"0".repeat(zeros)}`;
}
