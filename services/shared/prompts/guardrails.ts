import { describePersonalData, holds, type PersonalData } from "./personal-data.ts";

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
  return tooLong(input, characters) ?? values.map((value) => contentViolation(input, value)).find(Boolean);
}

/** Why an output breaks a rule, in words that quote nothing of it; undefined when it breaks none. */
export function outputViolation(rules: OutputRules, output: string): string | undefined {
  if (rules.format === "json" && !isJson(output)) return "is no JSON value";
  return tooLong(rules, output.length) ?? contentViolation(rules, output);
}

/** Rules that say something; undefined for none. */
export const rulesOf = ({ output }: Guardrails): OutputRules | undefined =>
  output && Object.keys(output).length > 0 ? output : undefined;

function tooLong({ maxCharacters }: TextRules, characters: number): string | undefined {
  if (maxCharacters === undefined || characters <= maxCharacters) return undefined;
  return `has ${characters} characters, and ${maxCharacters} are allowed`;
}

function contentViolation({ forbidden = [], personalData = [] }: TextRules, text: string): string | undefined {
  const plain = normalize(text);
  const term = forbidden.findIndex((each) => hasTerm(plain, normalize(each)));
  if (term >= 0) return `holds a forbidden term (forbidden/${term})`;
  const kind = personalData.find((each) => holds(each, text));
  return kind && `holds ${describePersonalData[kind]}`;
}

/** Letters of another width, ligatures and cases are the same. */
const normalize = (text: string): string => text.normalize("NFKC").toLowerCase();

const WORD = /[\p{L}\p{N}_]/u;

/** Whether a text has a term that is no part of a longer word. */
function hasTerm(text: string, term: string): boolean {
  for (let at = text.indexOf(term); at >= 0; at = text.indexOf(term, at + 1)) {
    const [first = "", last = ""] = [term[0], term.at(-1)];
    const [before = "", after = ""] = [text[at - 1], text[at + term.length]];
    const cutsBefore = WORD.test(first) && WORD.test(before);
    const cutsAfter = WORD.test(last) && WORD.test(after);
    if (!cutsBefore && !cutsAfter) return true;
  }
  return false;
}

function isJson(text: string): boolean {
  try {
    JSON.parse(text);
    return true;
  } catch {
    return false;
  }
}
