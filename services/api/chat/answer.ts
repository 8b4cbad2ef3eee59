import { EventEmitter } from "node:events";
import { type ExecutionEvent, isLast } from "../../shared/executions/events.ts";
import { ApiError, problem } from "../errors.ts";
import { EventBody } from "../event-body.ts";
import type { Ending, EventSink } from "../event-sink.ts";
import { chatErrorOf } from "./errors.ts";
import type { ChatCompletion, ChatError, ChatUsage } from "./schemas.ts";

/** How an execution of a chat ended. */
export interface Ended {
  readonly output: string | null;
  readonly model: string | null;
  readonly finishReason: string | null;
  readonly usage: { readonly promptTokens?: number; readonly completionTokens?: number } | null;
  /** Null when it succeeded or was cancelled. */
  readonly error: { readonly code: string; readonly message: string } | null;
  readonly state: string;
}

/** Which execution answers. */
export interface ChatHead {
  readonly id: string;
  /** Seconds since 1970. */
  readonly created: number;
  /** The model that was asked for. */
  readonly model: string;
}

/** Waits until an execution has ended, and sends nothing before. */
export class ChatWait implements EventSink {
  readonly #closing = new EventEmitter<{ closed: [Ending] }>();
  readonly #closed = new Promise<Ending>((resolve) => this.#closing.once("closed", resolve));

  /** Resolves when the execution has ended. Throws `unauthenticated` when the caller's key or session is no longer valid. */
  async ended(): Promise<void> {
    if ((await this.#closed) === "unauthenticated") throw new ApiError("unauthenticated");
  }

  send(events: readonly ExecutionEvent[]): Promise<void> {
    if (events.some(({ type }) => isLast(type))) this.close("end");
    return Promise.resolve();
  }

  ping(): void {
    // Nothing is sent before the answer.
  }

  /** A server that goes away answers first what it was asked. */
  close(why: Ending): void {
    if (why !== "goingAway") this.#closing.emit("closed", why);
  }

  onClosed(listener: () => void): void {
    void this.#closed.then(listener);
  }
}

interface StreamOptions extends ChatHead {
  readonly withUsage: boolean;
  /** Reads how the execution ended. */
  readonly ended: () => Promise<Ended>;
}

/** Sends an answer while it is made, as chunks of a chat completion. */
export class ChatStream implements EventSink {
  readonly #body = new EventBody();
  /** The attempt whose text is sent. */
  #attempt: number | undefined;
  #isEnding = false;

  constructor(private readonly options: StreamOptions) {
    this.#body.stream.write(this.#chunk({ delta: { role: "assistant", content: "" } }));
  }

  /** What the client is answered with. */
  get body(): EventBody["stream"] {
    return this.#body.stream;
  }

  async send(events: readonly ExecutionEvent[]): Promise<void> {
    const pieces = events.filter(({ type }) => type === "token_chunk");
    this.#attempt ??= pieces[0]?.attempt;
    const restarted = pieces.findIndex(({ attempt }) => attempt !== this.#attempt);
    const sent = restarted === -1 ? pieces : pieces.slice(0, restarted);
    await this.#body.write(sent.map(({ data }) => this.#chunk({ delta: { content: data["text"] } })));
    if (restarted !== -1) this.#fail(this.#restarted());
    else if (events.some(({ type }) => isLast(type))) await this.#end();
  }

  ping(): void {
    this.#body.ping();
  }

  /** A server that goes away sends the rest first, as long as it is given time. */
  close(why: Ending): void {
    if (why === "unauthenticated") this.#fail(chatErrorOf(problem("unauthenticated")));
    if (why === "end") void this.#end();
  }

  onClosed(listener: () => void): void {
    this.#body.onClosed(listener);
  }

  async #end(): Promise<void> {
    if (this.#isEnding) return;
    this.#isEnding = true;
    const ended = await this.options.ended().catch(() => undefined);
    const failure = ended ? failureOf(ended) : chatErrorOf(problem("unavailable"));
    if (failure) this.#fail(failure);
    else if (ended) this.#body.end(this.#lastOf(ended));
  }

  #lastOf(ended: Ended): string {
    const usage = usageOf(ended);
    return [
      this.#chunk({ delta: {}, finish_reason: ended.finishReason }),
      this.options.withUsage && usage ? this.#event({ choices: [], usage }) : "",
      "data: [DONE]\n\n",
    ].join("");
  }

  #fail(error: ChatError): void {
    this.#body.end(`data: ${JSON.stringify(error)}\n\n`);
  }

  /** What was sent cannot be taken back. */
  #restarted(): ChatError {
    const message = `The model failed in the middle, and another attempt began the answer anew. GET /executions/${this.options.id} reads it.`;
    return { error: { message, type: "server_error", param: null, code: "answer_restarted" } };
  }

  #chunk(choice: { delta: object; finish_reason?: string | null }): string {
    return this.#event({ choices: [{ index: 0, logprobs: null, finish_reason: null, ...choice }] });
  }

  #event(more: object): string {
    const { id, created, model } = this.options;
    return `data: ${JSON.stringify({ id, object: "chat.completion.chunk", created, model, ...more })}\n\n`;
  }
}

/** The whole answer. Throws `execution_failed`. */
export function completionOf({ id, created, model }: ChatHead, ended: Ended): ChatCompletion {
  const failure = failureOf(ended);
  if (failure) throw new ApiError("execution_failed", failure.error.message);
  const message = { role: "assistant" as const, content: ended.output ?? "", refusal: null };
  const usage = usageOf(ended);
  return {
    ...{ id, object: "chat.completion", created, model: ended.model ?? model },
    choices: [{ index: 0, message, logprobs: null, finish_reason: ended.finishReason ?? "stop" }],
    ...(usage && { usage }),
  };
}

function failureOf({ state, error }: Ended): ChatError | undefined {
  if (state === "succeeded") return undefined;
  const { code, message } = error ?? { code: "cancelled", message: "The execution was cancelled." };
  return { error: { message: `${message} (${code})`, type: "server_error", param: null, code } };
}

function usageOf({ usage }: Ended): ChatUsage | undefined {
  if (!usage) return undefined;
  const { promptTokens = 0, completionTokens = 0 } = usage;
  return {
    prompt_tokens: promptTokens,
    completion_tokens: completionTokens,
    total_tokens: promptTokens + completionTokens,
  };
}
