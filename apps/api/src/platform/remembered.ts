const MOST = 500;
const LONGEST_CHARACTERS = 300;

/**
 * Remembers what a pure function makes of short texts, where few of them come by again and again. What it makes belongs to all
 * who ask, and must not be written to.
 */
export function remembered<Result>(pure: (text: string) => Result): (text: string) => Result {
  const known = new Map<string, Result>();
  return (text) => {
    const before = known.get(text);
    if (before !== undefined) return before;
    const result = pure(text);
    if (text.length > LONGEST_CHARACTERS) return result;
    if (known.size === MOST) known.clear();
    known.set(text, result);
    return result;
  };
}
