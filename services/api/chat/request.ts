import type { Message, GivenParameters } from "../../shared/executions/lease.ts";
import type { ChatRequest } from "./schemas.ts";

/** What the model is asked by a request. */
export interface ChatCall {
  readonly model: string;
  readonly messages: readonly Message[];
  readonly parameters: GivenParameters;
}

export function callOf(request: ChatRequest): ChatCall {
  return { model: request.model, messages: request.messages.map(messageOf), parameters: parametersOf(request) };
}

function messageOf({ role, content }: ChatRequest["messages"][number]): Message {
  return {
    role: role === "developer" ? "system" : role,
    content: typeof content === "string" ? content : content.map(({ text }) => text).join("\n"),
  };
}

/** Null says nothing, and a penalty of 0 is none. */
function parametersOf({ stop, ...request }: ChatRequest): GivenParameters {
  const sequences = typeof stop === "string" ? [stop] : (stop ?? []);
  return {
    temperature: request.temperature ?? undefined,
    top_p: request.top_p ?? undefined,
    max_tokens: request.max_completion_tokens ?? request.max_tokens ?? undefined,
    seed: request.seed ?? undefined,
    frequency_penalty: penaltyOf(request.frequency_penalty),
    presence_penalty: penaltyOf(request.presence_penalty),
    stop: sequences.length > 0 ? sequences : undefined,
  };
}

const penaltyOf = (penalty: number | null | undefined): number | undefined =>
  penalty === 0 ? undefined : (penalty ?? undefined);
