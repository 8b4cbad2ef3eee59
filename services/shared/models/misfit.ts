import type { Message, GivenParameters } from "../executions/lease.ts";
import type { Model } from "../runtime/settings.ts";
import type { ModelOf } from "./by-name.ts";

/** Bytes of the longest token that is reckoned with. Those of OpenAI's vocabularies, which have the longest known, end at 128. */
const MAX_TOKEN_BYTES = 256;

export interface ModelRequest {
  readonly messages: readonly Message[];
  readonly parameters: GivenParameters;
}

/** A part of a request that a model does not take, and why. */
export interface Misfit {
  /** Such as `parameters/max_tokens`. */
  readonly path: string;
  readonly reason: string;
}

/**
 * Why a model would certainly refuse a request; undefined when it may take it. Tokens are counted by the model alone, so a prompt is
 * taken for the fewest that its bytes can come to. Without `filledIn`, messages still have variables, and their length says nothing.
 */
export function misfitOf(
  model: Pick<Model, "name" | "protocol" | "contextLength" | "maxOutputTokens">,
  { messages, parameters }: ModelRequest,
  { filledIn }: { readonly filledIn: boolean },
): Misfit | undefined {
  const { name, protocol, contextLength, maxOutputTokens } = model;
  const { max_tokens: asked } = parameters;
  if (asked !== undefined && maxOutputTokens !== undefined && asked > maxOutputTokens) {
    const reason = `must not exceed ${maxOutputTokens}, the longest answer of '${name}'. Lower it.`;
    return { path: "parameters/max_tokens", reason };
  }
  const least = filledIn ? leastTokens(messages) : 1;
  if (contextLength !== undefined && least + (asked ?? 1) > contextLength) {
    if (asked === undefined) {
      const reason = `have at least ${least} tokens, and '${name}' takes ${contextLength} with the answer. Shorten them.`;
      return { path: "messages", reason };
    }
    const reason = `must leave room for the prompt, of at least ${least}, in the ${contextLength} tokens of '${name}'. Lower it.`;
    return { path: "parameters/max_tokens", reason };
  }
  return protocol === "anthropic" ? anthropicMisfit(name, { messages, parameters }) : undefined;
}

/** The model's fallbacks that take the request. */
export const fallbacksOf = ({ fallbacks }: Model, request: ModelRequest, modelOf: ModelOf): string[] =>
  fallbacks.filter((name) => {
    const fallback = modelOf(name);
    return fallback !== undefined && misfitOf(fallback, request, { filledIn: true }) === undefined;
  });

/** Not in version 2026-10-21 of Anthropic's API, which answers 400 to them: https://platform.claude.com/docs/en/api/versioning. */
const SAMPLING = ["seed", "temperature", "top_p", "frequency_penalty", "presence_penalty"] as const;

/** What Anthropic's messages API has no place for. */
function anthropicMisfit(name: string, { messages, parameters }: ModelRequest): Misfit | undefined {
  const refused = SAMPLING.find((parameter) => parameters[parameter] !== undefined);
  if (refused !== undefined) {
    return { path: `parameters/${refused}`, reason: `is no parameter of '${name}'. Remove it.` };
  }
  if (messages.every(({ role }) => role === "system")) {
    return { path: "messages", reason: `must hold one of the role 'user': '${name}' answers no others. Add it.` };
  }
  return undefined;
}

function leastTokens(messages: readonly Message[]): number {
  const bytes = messages.reduce((sum, { content }) => sum + Buffer.byteLength(content), 0);
  return Math.max(1, Math.ceil(bytes / MAX_TOKEN_BYTES));
}
