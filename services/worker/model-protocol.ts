import type { EgressFetch } from "../shared/egress/fetch.ts";
import type { Lease } from "../shared/executions/lease.ts";
import type { Piece } from "./model-answer.ts";
import type { ClientErrors } from "./model-error.ts";

/** How models are called by one API. What all of them have in common is `callModel`'s. */
export interface ModelProtocol {
  readonly errors: ClientErrors;
  /** Streams an answer. Throws a ModelError for a chunk that the API does not have, and the client library's errors. */
  readonly stream: (to: Destination, lease: ModelCall, request: RequestOptions) => AsyncIterable<Piece>;
}

export type ModelCall = Pick<Lease, "model" | "messages" | "parameters"> & {
  /** The longest answer of the model, in tokens; undefined where it states none. */
  readonly maxOutputTokens: number | undefined;
};

export interface Destination {
  readonly url: string;
  readonly apiKey: string;
  /** Options that every client library takes. */
  readonly client: {
    readonly maxRetries: 0;
    /** Milliseconds. */
    readonly timeout: number;
    readonly logLevel: "off";
    readonly fetchOptions: { readonly redirect: "manual" };
    /** @default - the global one */
    readonly fetch?: EgressFetch;
  };
}

export interface RequestOptions {
  readonly signal: AbortSignal;
  readonly headers: Record<string, string>;
}
