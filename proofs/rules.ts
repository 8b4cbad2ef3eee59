/** Whether a rule holds, and what to say where it does not. */
export type Rule = readonly [holds: boolean, failure: string];

/** What to say of the rules that do not hold. */
export const failuresOf = (rules: readonly Rule[]): string[] =>
  rules.flatMap(([holds, failure]) => (holds ? [] : [failure]));
