import { randomUUID } from "node:crypto";
import { z } from "zod";
import { answerTo, countTokens } from "./words.ts";

const DEFAULT_TOKENS = 32;

/** A chat message's content: text, or parts whose text is used. */
export const content = z
  .union([z.string(), z.array(z.looseObject({ type: z.string(), text: z.string().optional() }))])
  .nullish()
  .transform((given) => (typeof given === "string" ? given : (given ?? []).map(({ text }) => text ?? "").join("")));

/** What a request asks for, whatever its protocol. */
export interface Asked {
  readonly model: string;
  readonly messages: readonly { readonly role: string; readonly content: string }[];
  readonly maxTokens: number | undefined;
  readonly stream: boolean;
  /** Whether a stream ends with its usage. */
  readonly withUsage: boolean;
}

/** An answer: always the same to the same messages. */
export interface Completion {
  readonly id: string;
  readonly created: number;
  readonly model: string;
  readonly prompt: string;
  readonly promptTokens: number;
  readonly tokens: readonly string[];
  readonly reason: "stop" | "length";
  readonly withUsage: boolean;
}

export function answerFor(
  { model, messages, maxTokens, withUsage }: Asked,
  given: (prompt: string) => string | undefined,
): Completion {
  const prompt = messages.map(({ role, content: text }) => `${role}: ${text}`).join("\n");
  return {
    id: randomUUID(),
    created: Math.floor(Date.now() / 1000),
    model,
    prompt,
    promptTokens: countTokens(prompt),
    tokens: given(prompt)?.match(/\s*\S+\s*$|\s*\S+/g) ?? answerTo(prompt, maxTokens ?? DEFAULT_TOKENS),
    reason: maxTokens === undefined ? "stop" : "length",
    withUsage,
  };
}

/** How a protocol writes answers and refusals. Streams are server-sent events. */
export interface Format {
  /** Reads a request. Throws for one that the protocol does not have. */
  readonly read: (body: unknown) => Asked;
  readonly whole: (completion: Completion) => object;
  readonly begin: (completion: Completion) => string;
  readonly token: (completion: Completion, text: string) => string;
  readonly end: (completion: Completion) => string;
  /** What is no event of the protocol. */
  readonly garbage: string;
  /** An event that says in the middle of a stream that the model failed. */
  readonly failure: string;
  readonly refusal: (status: number, message: string) => object;
}
