/** A function of one text that is computed once for each text, for as long as the process lives. The result must be immutable. */
export function memoize<Result>(compute: (text: string) => Result): (text: string) => Result {
  const results = new Map<string, Result>();
  return (text) => {
    if (!results.has(text)) results.set(text, compute(text));
    return results.get(text) as Result;
  };
}

/** A function of one object that is computed once for each, for as long as the object lives. Neither it nor the result may change. */
export function memoizeOf<Given extends object, Result>(compute: (given: Given) => Result): (given: Given) => Result {
  const results = new WeakMap<Given, Result>();
  return (given) => {
    if (!results.has(given)) results.set(given, compute(given));
    return results.get(given) as Result;
  };
}
