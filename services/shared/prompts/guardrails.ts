import { setImmediate as turn } from "node:timers/promises";
import { TermFinder } from "./forbidden-terms.ts";
import { describePersonalData, holds, personalData as kinds, type PersonalData } from "./personal-data.ts";
import { normalized, type TextWindow, windowsOf } from "./text-windows.ts";

/** What a text must not be. */
export interface TextRules {
  readonly maxCharacters?: number | undefined;
  /** Words and phrases, in whatever case. */
  readonly forbidden?: readonly string[] | undefined;
  readonly personalData?: readonly PersonalData[] | undefined;
}

export interface OutputRules extends TextRules {
  /** The whole output is a JSON value. @default - any text */
  readonly format?: "json" | undefined;
}

/** Rules of a prompt's version: for the values of its variables, and for what the model answers. */
export interface Guardrails {
  readonly input?: TextRules | undefined;
  readonly output?: OutputRules | undefined;
}

/** Why the values of variables break a rule, in words that quote none of them; undefined when they break none. */
export function inputViolation({ input = {} }: Guardrails, values: readonly string[]): string | undefined {
  const characters = values.reduce((sum, { length }) => sum + length, 0);
  const tooMany = tooLong(input, characters);
  if (tooMany !== undefined) return tooMany;
  const check = contentCheck(input);
  for (const value of values) {
    for (const window of windowsOf(value)) {
      const violation = check(window);
      if (violation !== undefined) return violation;
    }
  }
  return undefined;
}

/**
 * Why an output breaks a rule, in words that quote nothing of it; undefined when it breaks none. Yields between windows, because an output may
 * have millions of characters.
 */
export async function outputViolation(rules: OutputRules, output: string): Promise<string | undefined> {
  if (rules.format === "json" && !isJson(output)) return "is no JSON value";
  const tooMany = tooLong(rules, output.length);
  if (tooMany !== undefined) return tooMany;
  const check = contentCheck(rules);
  for (const window of windowsOf(output)) {
    const violation = check(window);
    if (violation !== undefined) return violation;
    await turn();
  }
  return undefined;
}

/** Rules that say something; undefined for none. */
export const rulesOf = ({ output }: Guardrails): OutputRules | undefined =>
  output && Object.keys(output).length > 0 ? output : undefined;

function tooLong({ maxCharacters }: TextRules, characters: number): string | undefined {
  if (maxCharacters === undefined || characters <= maxCharacters) return undefined;
  return `has ${characters} characters, and ${maxCharacters} are allowed`;
}

/** Returns a function that says why a window of a text breaks a rule. Searches each kind once, however often it is named. */
function contentCheck({ forbidden = [], personalData = [] }: TextRules): (window: TextWindow) => string | undefined {
  const terms = new TermFinder(forbidden);
  const named = kinds.filter((kind) => personalData.includes(kind));
  return (window) => {
    const plain = normalized(window);
    const term = terms.find(plain);
    if (term !== undefined) return `holds a forbidden term (forbidden/${term})`;
    const kind = named.find((each) => holds(each, plain));
    return kind && `holds ${describePersonalData[kind]}`;
  };
}

function isJson(text: string): boolean {
  try {
    JSON.parse(text);
    return true;
  } catch {
    return false;
  }
}
