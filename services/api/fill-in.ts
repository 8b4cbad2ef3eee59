import { ApiError } from "./errors.ts";

export interface Template {
  readonly messages: readonly { readonly role: "system" | "user" | "assistant"; readonly content: string }[];
  readonly variables: Readonly<Record<string, { readonly default?: string | undefined }>>;
}

const PLACEHOLDER = /\{\{\s*([a-zA-Z_][a-zA-Z0-9_]*)\s*\}\}/g;

/** Throws when the messages use a variable that is not declared, so that no version is stored which nothing can fill in. */
export function checkTemplate({ messages, variables }: Template): void {
  const used = messages.flatMap(({ content }) => [...content.matchAll(PLACEHOLDER)].map(([, name = ""]) => name));
  const undeclared = [...new Set(used)].filter((name) => !Object.hasOwn(variables, name));
  if (undeclared.length > 0) {
    throw new ApiError("variables_do_not_fit", `The messages use ${list(undeclared)}; declare it under 'variables'.`);
  }
}

/** The messages with every variable put in, once: what a value holds is text, never a placeholder. */
export function fillIn(
  { messages, variables }: Template,
  given: Readonly<Record<string, string>>,
): Template["messages"] {
  const unknown = Object.keys(given).filter((name) => !Object.hasOwn(variables, name));
  const missing = Object.keys(variables).filter(
    (name) => variables[name]?.default === undefined && !Object.hasOwn(given, name),
  );
  const faults = [
    ...(missing.length > 0 ? [`${list(missing)} must be given`] : []),
    ...(unknown.length > 0 ? [`${list(unknown)} is no variable of the prompt`] : []),
  ];
  if (faults.length > 0) throw new ApiError("variables_do_not_fit", `${faults.join("; ")}.`);
  return messages.map(({ role, content }) => ({
    role,
    content: content.replace(PLACEHOLDER, (placeholder, name: string) => {
      if (!Object.hasOwn(variables, name)) return placeholder;
      return (Object.hasOwn(given, name) ? given[name] : variables[name]?.default) ?? "";
    }),
  }));
}

const list = (names: readonly string[]): string => names.map((name) => `'${name}'`).join(", ");
