/** A function of one text that is computed once for each text, for as long as the process lives. The result must be immutable. */
export function memoize<Result>(compute: (text: string) => Result): (text: string) => Result {
  const results = new Map<string, Result>();
  return (text) => {
    if (!results.has(text)) results.set(text, compute(text));
    return results.get(text) as Result;
  };
}
