/** A CEL expression without the contents of its texts. */
const withoutTexts = (expression: string): string =>
  expression.replaceAll(/'(?:[^'\\]|\\.)*'|"(?:[^"\\]|\\.)*"/g, '""');

/** Names of a policy's own variables that an expression reads. */
export const variablesIn = (expression: string): string[] =>
  [...withoutTexts(expression).matchAll(/\bvariables\.(\w+)/g)].map(([, name = ""]) => name);

/** Whether something follows a closed part that no operator joins to it, or a bracket has no partner. */
export function isMalformed(expression: string): boolean {
  const text = withoutTexts(expression);
  const open: string[] = [];
  for (const character of text) {
    if ("([{".includes(character)) open.push(character);
    const at = ")]}".indexOf(character);
    if (at >= 0 && open.pop() !== "([{"[at]) return true;
  }
  return open.length > 0 || /[)\]}"]\w/.test(text);
}
