import type { Database } from "../shared/database/pool.ts";
import type { Lease } from "../shared/executions/lease.ts";
import type { Broadcast } from "../shared/executions/ports.ts";
import { appendChunks, type Chunk } from "../shared/executions/write.ts";

/** Chunks in one statement. More wait for the next, so that no statement becomes long. */
const MAX_AT_ONCE = 2_000;

/**
 * Writes the chunks of all executions of this worker. One statement is under way at a time; what arrives meanwhile goes
 * with the next: a single stream waits for one round trip, and a thousand share it.
 */
export class ChunkWriter {
  #waiting: Chunk[] = [];
  #appended = 0;
  #written = 0;
  #writing = false;
  #flushes: { upTo: number; resolve: () => void }[] = [];

  constructor(
    private readonly database: Database,
    private readonly broadcast: Broadcast,
    /** Told of an execution whose lease was lost, or whose chunks could not be written. */
    private readonly onLost: (lease: Lease) => void,
  ) {}

  append(lease: Lease, text: string): void {
    this.#waiting.push({ lease, text });
    this.#appended += 1;
    if (!this.#writing) void this.#write();
  }

  /** Resolves when everything that was appended before is written, or its lease is known to be lost. */
  flush(): Promise<void> {
    const upTo = this.#appended;
    return new Promise((resolve) => {
      this.#flushes.push({ upTo, resolve });
      this.#endFlushes();
    });
  }

  #endFlushes(): void {
    const ended = this.#flushes.filter(({ upTo }) => upTo <= this.#written);
    this.#flushes = this.#flushes.filter(({ upTo }) => upTo > this.#written);
    for (const { resolve } of ended) resolve();
  }

  async #write(): Promise<void> {
    this.#writing = true;
    while (this.#waiting.length > 0) {
      const chunks = this.#waiting.slice(0, MAX_AT_ONCE);
      this.#waiting = this.#waiting.slice(MAX_AT_ONCE);
      const leases = new Map(chunks.map(({ lease }) => [lease.id, lease]));
      // What cannot be written is lost with its attempt: the lease runs out, and another attempt begins anew.
      const held = await appendChunks(this.database, chunks).catch(() => new Set<string>());
      for (const [id, lease] of leases) if (!held.has(id)) this.onLost(lease);
      // A message that is lost is made up for by its readers, who look for themselves now and then.
      await this.broadcast.publish([...held]).catch(() => undefined);
      this.#written += chunks.length;
      this.#endFlushes();
    }
    this.#writing = false;
  }
}
