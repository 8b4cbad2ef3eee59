/** Why a prompt cannot be stored or filled in. The code is that of the API's error. */
export class TemplateError extends Error {
  constructor(
    readonly code: "variables_do_not_fit" | "prompt_too_large",
    message: string,
  ) {
    super(message);
  }
}

export interface Template {
  readonly messages: readonly { readonly role: "system" | "user" | "assistant"; readonly content: string }[];
  readonly variables: Readonly<Record<string, { readonly default?: string | undefined }>>;
}

/** Characters that variables may add to the messages. A value counts as often as it is used. */
export const MAX_FILLED_IN = 2 ** 20;
/** Bytes of the messages as JSON, with the variables put in. */
export const MAX_RENDERED = 2 * MAX_FILLED_IN;

const PLACEHOLDER = /\{\{\s*([a-zA-Z_][a-zA-Z0-9_]*)\s*\}\}/g;

/** Throws when the messages use a variable that is not declared, so that no version is stored which nothing can fill in. */
export function checkTemplate({ messages, variables }: Template): void {
  const used = messages.flatMap(({ content }) => [...content.matchAll(PLACEHOLDER)].map(([, name = ""]) => name));
  const undeclared = [...new Set(used)].filter((name) => !Object.hasOwn(variables, name));
  if (undeclared.length > 0) {
    throw new TemplateError(
      "variables_do_not_fit",
      `The messages use ${list(undeclared)}; declare it under 'variables'.`,
    );
  }
}

/** Throws when a variable without a default is not among the names, or a name is no variable. */
export function checkVariables({ variables }: Pick<Template, "variables">, names: readonly string[]): void {
  const given = new Set(names);
  const unknown = names.filter((name) => !Object.hasOwn(variables, name));
  const missing = Object.keys(variables).filter((name) => variables[name]?.default === undefined && !given.has(name));
  const faults = [
    ...(missing.length > 0 ? [`${list(missing)} must be given`] : []),
    ...(unknown.length > 0 ? [`${list(unknown)} is no variable of the prompt`] : []),
  ];
  if (faults.length > 0) throw new TemplateError("variables_do_not_fit", `${faults.join("; ")}.`);
}

/**
 * The messages with every variable put in, once: what a value holds is text, never a placeholder. Throws for variables that do not
 * fit, and when the values would add more than `MAX_FILLED_IN` characters.
 */
export function fillIn(template: Template, given: Readonly<Record<string, string>>): Template["messages"] {
  const { messages, variables } = template;
  checkVariables(template, Object.keys(given));
  let filledIn = 0;
  return messages.map(({ role, content }) => ({
    role,
    content: content.replace(PLACEHOLDER, (placeholder, name: string) => {
      if (!Object.hasOwn(variables, name)) return placeholder;
      const value = (Object.hasOwn(given, name) ? given[name] : variables[name]?.default) ?? "";
      filledIn += value.length;
      if (filledIn > MAX_FILLED_IN) throw tooLong();
      return value;
    }),
  }));
}

const tooLong = (): TemplateError =>
  new TemplateError(
    "variables_do_not_fit",
    `The variables add more than ${MAX_FILLED_IN} characters to the messages. Shorten their values, or use them less often.`,
  );

/** The messages as an execution holds them: as JSON. Throws when they have more than `MAX_RENDERED` bytes. */
export function toJson(filledIn: Template["messages"]): string {
  const messages = JSON.stringify(filledIn);
  const size = Buffer.byteLength(messages);
  if (size <= MAX_RENDERED) return messages;
  throw new TemplateError(
    "prompt_too_large",
    `The messages have ${size} bytes with the variables put in; ${MAX_RENDERED} are allowed. Shorten the values or the prompt.`,
  );
}

/** Names that an error lists. */
const MAX_LISTED = 10;

function list(names: readonly string[]): string {
  const listed = names.slice(0, MAX_LISTED).map((name) => `'${name}'`);
  const left = names.length - listed.length;
  return [...listed, ...(left > 0 ? [`${left} others`] : [])].join(", ");
}
