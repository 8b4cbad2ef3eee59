/** Streams that a tenant may have open at one replica. */
export const MAX_STREAMS = 1_000;

/**
 * Counts open streams per tenant, at this replica alone: what a stream takes is this process' memory and descriptors, and an exact sum
 * over replicas would need a row that a lost replica leaves behind.
 */
export class OpenStreams {
  readonly #open = new Map<string, number>();

  /** Takes a place for a stream; returns what gives it back, or undefined when the tenant has as many as it may. */
  take(tenant: string): (() => void) | undefined {
    const open = this.#open.get(tenant) ?? 0;
    if (open >= MAX_STREAMS) return undefined;
    this.#open.set(tenant, open + 1);
    return () => {
      const left = (this.#open.get(tenant) ?? 1) - 1;
      if (left === 0) this.#open.delete(tenant);
      else this.#open.set(tenant, left);
    };
  }
}
