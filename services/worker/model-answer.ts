import { z } from "zod";
import type { Usage } from "../shared/models/usage.ts";
import { ModelError, passing } from "./model-error.ts";

/** Characters of the longest output. A million tokens, the most that a prompt may ask for, come to a quarter of it. */
const MAX_OUTPUT = 2 ** 24;

/** Tokens as an endpoint counts them. No answer has so many; a count beyond would not fit where it is summed. */
export const tokenCount = z.int().min(0).max(1_000_000_000);

/** Why a model stopped: a word, since it is shown to tenants. */
export const finishWord = z.string().regex(/^[a-z_]{1,40}$/);

export interface Answer {
  readonly output: string;
  readonly usage: Usage;
  /** Why the model stopped. `stop`: it had ended. `length`: the output was cut at the most tokens it may have. */
  readonly finishReason: string;
}

/** What one chunk of a stream adds to an answer. */
export interface Piece {
  readonly text?: string | null | undefined;
  readonly finishReason?: string | null | undefined;
  /** Counts so far: each replaces the one before. */
  readonly usage?: Usage | undefined;
}

/** Reads a chunk with a schema: an endpoint is not ours, so what it sends is checked like what users send. */
export function parseChunk<Schema extends z.ZodType>(schema: Schema, chunk: unknown): z.output<Schema> {
  const { success, data } = schema.safeParse(chunk);
  if (success) return data;
  throw passing("model_answer_invalid", "The model's endpoint sent what its protocol does not have.");
}

/** Puts the pieces of an answer together. */
export class AnswerReader {
  #output = "";
  /** Half of a surrogate pair, until the other half comes. */
  #half = "";
  #usage: Usage = {};
  #finishReason: string | undefined;

  constructor(private readonly onText: (text: string) => void) {}

  /** What the endpoint has counted so far, also of an answer that breaks off. */
  get usage(): Usage {
    return this.#usage;
  }

  take({ text: piece, finishReason, usage }: Piece): void {
    const text = this.#half + (piece ?? "");
    this.#half = /[\uD800-\uDBFF]$/.test(text) ? text.slice(-1) : "";
    const whole = text.slice(0, text.length - this.#half.length);
    if (whole !== "") {
      this.#output += whole;
      if (this.#output.length > MAX_OUTPUT) throw tooLarge();
      this.onText(whole);
    }
    this.#finishReason = finishReason ?? this.#finishReason;
    this.#usage = { ...this.#usage, ...usage };
  }

  answer(): Answer {
    if (this.#finishReason === undefined) throw passing("model_stream_cut", "The model's stream ended before its end.");
    return { output: this.#output, usage: this.#usage, finishReason: this.#finishReason };
  }
}

const tooLarge = (): ModelError =>
  new ModelError({ code: "output_too_large", retryable: false }, `The output has more than ${MAX_OUTPUT} characters.`);
