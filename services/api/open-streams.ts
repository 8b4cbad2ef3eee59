import { ApiError } from "./errors.ts";

/** Streams that a tenant may have open at one replica. */
export const MAX_STREAMS = 1_000;
/** Exports that a tenant may read at once from one replica: each holds a connection to Postgres most of the time, of nine. */
export const MAX_EXPORTS = 4;
/** Seconds after which a tenant that has too many may ask again. */
const FULL_RETRY_SECONDS = 10;

/**
 * Counts open streams per tenant, at this replica alone: what a stream takes is this process' memory and descriptors, and an exact sum
 * over replicas would need a row that a lost replica leaves behind.
 */
export class OpenStreams {
  readonly #open = new Map<string, number>();

  constructor(private readonly max: number) {}

  /** Takes a place for a stream; returns what gives it back. Throws `too_many_streams`. */
  take(tenant: string): () => void {
    const open = this.#open.get(tenant) ?? 0;
    if (open >= this.max) throw new ApiError("too_many_streams", undefined, FULL_RETRY_SECONDS);
    this.#open.set(tenant, open + 1);
    return () => {
      const left = (this.#open.get(tenant) ?? 1) - 1;
      if (left === 0) this.#open.delete(tenant);
      else this.#open.set(tenant, left);
    };
  }
}
