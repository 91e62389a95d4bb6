/** Makes a matcher for a pattern in which `*` stands for any text. Looks for the pieces left to right, without backtracking. */
export function compileGlob(pattern: string): (text: string) => boolean {
  const [prefix = "", ...pieces] = pattern.split("*");
  const suffix = pieces.pop();
  if (suffix === undefined) return (text) => text === pattern;
  const shortest = pattern.length - pieces.length - 1;
  return (text) => {
    if (text.length < shortest || !text.startsWith(prefix) || !text.endsWith(suffix)) return false;
    const end = text.length - suffix.length;
    let from = prefix.length;
    for (const piece of pieces) {
      const at = text.indexOf(piece, from);
      if (at < 0 || at + piece.length > end) return false;
      from = at + piece.length;
    }
    return true;
  };
}
