import type { NewPromptVersionInput, PromptVersion } from "../api/openapi.d.ts";

export type Role = NewPromptVersionInput["messages"][number]["role"];
export const roles: readonly Role[] = ["system", "user", "assistant"];

export interface DraftMessage {
  /** Tells messages apart while they are moved. */
  readonly key: string;
  readonly role: Role;
  readonly content: string;
}

/** A version while it is edited. */
export interface Draft {
  readonly model: string;
  readonly messages: readonly DraftMessage[];
  /** Variables that the version declares, though its messages do not use them: callers may give them. */
  readonly unused: readonly string[];
  /** Defaults of variables by name; a variable without one is required. */
  readonly defaults: Readonly<Record<string, string>>;
  readonly parameters: NonNullable<NewPromptVersionInput["parameters"]>;
  readonly guardrails: NonNullable<NewPromptVersionInput["guardrails"]>;
}

export const newMessage = (role: Role = "user", content = ""): DraftMessage => ({
  ...{ key: crypto.randomUUID(), role, content },
});

export const emptyDraft = (model: string): Draft => ({
  ...{ model, messages: [newMessage()], unused: [], defaults: {}, parameters: {}, guardrails: {} },
});

export const draftOf = ({ model, messages, variables, parameters, guardrails }: PromptVersion): Draft => ({
  ...{ model, parameters, guardrails },
  messages: messages.map(({ role, content }) => newMessage(role, content)),
  unused: Object.keys(variables).filter((name) => !variablesIn(messages).includes(name)),
  defaults: Object.fromEntries(
    Object.entries(variables).flatMap(([name, { default: value }]) => (value === undefined ? [] : [[name, value]])),
  ),
});

const PLACEHOLDER = /\{\{\s*([a-zA-Z_][a-zA-Z0-9_]*)\s*\}\}/g;

/** The variables that messages use, in the order in which they are first used. */
export const variablesIn = (messages: readonly Pick<DraftMessage, "content">[]): string[] => [
  ...new Set(messages.flatMap(({ content }) => [...content.matchAll(PLACEHOLDER)].map(([, name = ""]) => name))),
];

/** The variables of a draft: those that its messages use, and those that were declared besides. */
export const variablesOf = ({ messages, unused }: Pick<Draft, "messages" | "unused">): string[] => [
  ...new Set([...variablesIn(messages), ...unused]),
];

/** The draft as the API takes it. */
export function versionOf(draft: Draft): NewPromptVersionInput {
  const { model, messages, defaults, parameters, guardrails } = draft;
  const variables = variablesOf(draft).map((name) => {
    // Any name is a variable's, `__proto__` too.
    const value = Object.hasOwn(defaults, name) ? defaults[name] : undefined;
    return [name, value === undefined ? {} : { default: value }] as const;
  });
  return {
    ...{ model, parameters, guardrails },
    messages: messages.map(({ role, content }) => ({ role, content })),
    variables: Object.fromEntries(variables),
  };
}
