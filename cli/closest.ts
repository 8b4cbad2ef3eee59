/** The name that a misspelt one was probably meant to be: at most a third of its letters differ. */
export function closest(word: string, names: readonly string[]): string | undefined {
  const [best] = names
    .map((name) => ({ name, distance: editDistance(word, name) }))
    .filter(({ name, distance }) => distance * 3 <= Math.max(word.length, name.length))
    .toSorted((one, other) => one.distance - other.distance);
  return best?.name;
}

/** `Did you mean 'plan'? `, or nothing. */
export function suggestion(word: string, names: readonly string[]): string {
  const meant = closest(word, names);
  return meant === undefined ? "" : ` Did you mean '${meant}'?`;
}

/** Insertions, deletions, substitutions and swaps of neighbours between two words (optimal string alignment). */
function editDistance(one: string, other: string): number {
  const rows = Array.from({ length: one.length + 1 }, (_, row) => [row]);
  const at = (row: number, column: number): number => rows[row]?.[column] ?? row + column;
  for (let row = 1; row <= one.length; row++) {
    for (let column = 1; column <= other.length; column++) {
      const same = one[row - 1] === other[column - 1];
      const swapped = one[row - 1] === other[column - 2] && one[row - 2] === other[column - 1];
      const choices = [at(row - 1, column) + 1, at(row, column - 1) + 1, at(row - 1, column - 1) + (same ? 0 : 1)];
      if (row > 1 && column > 1 && swapped) choices.push(at(row - 2, column - 2) + 1);
      (rows[row] ??= [])[column] = Math.min(...choices);
    }
  }
  return at(one.length, other.length);
}
