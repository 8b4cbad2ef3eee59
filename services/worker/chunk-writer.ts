import type { Database } from "../shared/database/pool.ts";
import type { Lease } from "../shared/executions/lease.ts";
import type { Broadcast } from "../shared/executions/ports.ts";
import { appendChunks, type Chunk } from "../shared/executions/write.ts";
import type { Log } from "../shared/runtime/log.ts";
import { LeaseLost, OutputNotWritten, OutputRefused } from "./interruptions.ts";

/** Chunks and characters in one statement. More wait for the next, so that no statement becomes long. */
const MAX_CHUNKS = 2_000;
const MAX_CHARACTERS = 2 ** 20;

export interface ChunkWriterOptions {
  readonly database: Database;
  readonly broadcast: Broadcast;
  readonly log: Log;
  /** Told of an attempt whose chunks were not written, and why. */
  readonly onLost: (lease: Lease, reason: LeaseLost | OutputNotWritten | OutputRefused) => void;
}

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

  constructor(private readonly options: ChunkWriterOptions) {}

  append(lease: Lease, text: string): void {
    this.#waiting.push({ lease, text });
    this.#appended += 1;
    if (!this.#writing) void this.#writeAll();
  }

  /** Resolves when everything that was appended before is written, or its attempt is known to have lost it. */
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

  async #writeAll(): Promise<void> {
    this.#writing = true;
    while (this.#waiting.length > 0) {
      const count = fitting(this.#waiting);
      const chunks = this.#waiting.slice(0, count);
      this.#waiting = this.#waiting.slice(count);
      await this.#write(chunks);
      this.#written += chunks.length;
      this.#endFlushes();
    }
    this.#writing = false;
  }

  async #write(chunks: readonly Chunk[]): Promise<void> {
    const { database, broadcast, log, onLost } = this.options;
    const leases = new Map(chunks.map(({ lease }) => [lease.id, lease]));
    try {
      const { held, refused } = await appendChunks(database, chunks);
      for (const [id, lease] of leases) {
        const cause = refused.get(id);
        if (cause) log.error({ err: cause, execution: id }, "Postgres refuses a piece of the output");
        if (!held.has(id)) onLost(lease, cause ? new OutputRefused("refused", { cause }) : new LeaseLost());
      }
      broadcast.publish([...held]);
    } catch (cause) {
      log.warn({ err: cause, executions: leases.size }, "output was not written; its attempts begin again");
      for (const lease of leases.values()) onLost(lease, new OutputNotWritten("not written", { cause }));
    }
  }
}

/** How many of the chunks one statement takes: at least one. */
function fitting(chunks: readonly Chunk[]): number {
  let characters = 0;
  const tooMany = chunks.findIndex(({ text }, index) => {
    characters += text.length;
    return index === MAX_CHUNKS || (index > 0 && characters > MAX_CHARACTERS);
  });
  return tooMany === -1 ? chunks.length : tooMany;
}
