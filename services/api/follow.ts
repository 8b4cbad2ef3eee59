import type { ClientBase } from "pg";
import { groupBy } from "../../platform/group-by.ts";
import type { Database } from "../shared/database/pool.ts";
import type { ExecutionEvent } from "../shared/executions/events.ts";
import type { Broadcast, Subscription } from "../shared/executions/ports.ts";
import { readEvents } from "../shared/executions/read-events.ts";
import type { Log } from "../shared/runtime/log.ts";

/** Somebody who wants an execution's events from a position on. */
export interface Follower {
  readonly tenant: string;
  readonly execution: string;
  /** The last event that was seen. */
  readonly after: number;
  /** Takes what came, in order, each event once. Nothing more is read for the follower until it resolves. */
  readonly onEvents: (events: readonly ExecutionEvent[]) => Promise<void>;
  /** Told when the execution has ended and the follower has seen its last event before it came. */
  readonly onEnd: () => void;
}

/** A follower, and how far it is. */
interface Reader extends Follower {
  after: number;
  /** It has not taken yet what it was handed. */
  busy: boolean;
  /** Whether to ask, too, if the execution has ended: when a follower begins, and now and then. */
  mayHaveEnded: boolean;
}

/** Milliseconds between looks without having been told: a message of the broadcast may be lost. */
const LOOK_PAUSE = 2_000;

/**
 * Hands events of executions to those who follow them. The broadcast only says where to look; what is read from the rows
 * is in order and complete, whoever missed what. One read is under way at a time, for everybody who was told of meanwhile. Who is slow
 * to take what it was handed waits alone.
 */
export class EventFollowers {
  readonly #readers = new Map<string, Set<Reader>>();
  #changed = new Set<string>();
  #reading = false;
  #subscription: Subscription | undefined;
  #timer: NodeJS.Timeout | undefined;

  constructor(
    private readonly database: Database,
    private readonly broadcast: Broadcast,
    private readonly log: Log,
  ) {}

  async start(): Promise<void> {
    this.#subscription = await this.broadcast.subscribe((execution) => {
      if (execution === undefined) this.#lookAtAll();
      else this.#look(execution);
    });
    this.#timer = setInterval(() => {
      this.#lookAtAll();
    }, LOOK_PAUSE);
  }

  async stop(): Promise<void> {
    clearInterval(this.#timer);
    await this.#subscription?.stop();
  }

  /** Begins with what is there already. Returns what ends it. */
  follow(follower: Follower): () => void {
    const { execution } = follower;
    const reader = { ...follower, busy: false, mayHaveEnded: true };
    const members = this.#readers.get(execution) ?? new Set();
    this.#readers.set(execution, members.add(reader));
    this.#look(execution);
    return () => {
      members.delete(reader);
      if (members.size === 0) this.#readers.delete(execution);
    };
  }

  #lookAtAll(): void {
    for (const [execution, members] of this.#readers) {
      for (const reader of members) reader.mayHaveEnded = true;
      this.#look(execution);
    }
  }

  #look(execution: string): void {
    if (!this.#readers.has(execution)) return;
    this.#changed.add(execution);
    if (!this.#reading) void this.#read();
  }

  async #read(): Promise<void> {
    this.#reading = true;
    while (this.#changed.size > 0) {
      const readers = [...this.#changed].flatMap((execution) => [...(this.#readers.get(execution) ?? [])]);
      this.#changed = new Set();
      const waiting = readers.filter(({ busy }) => !busy);
      for (const [tenant, members] of groupBy(waiting, (each) => each.tenant)) {
        await this.#readFor(tenant, members).catch((error: unknown) => {
          this.log.warn({ err: error }, "events could not be read; they are asked for again");
        });
      }
    }
    this.#reading = false;
  }

  async #readFor(tenant: string, readers: readonly Reader[]): Promise<void> {
    // Several who follow one execution read it from the one who is farthest behind.
    const positions = [...groupBy(readers, ({ execution }) => execution)].map(([execution, members]) => ({
      execution,
      after: Math.min(...members.map(({ after }) => after)),
    }));
    const asked = readers.filter(({ mayHaveEnded }) => mayHaveEnded);
    const { ended, found } = await this.database.asTenant(tenant, async (client) => ({
      // First: what has ended by now has no event that the next statement does not see.
      ended: asked.length === 0 ? new Set<string>() : await findEnded(client, asked),
      found: await readEvents(client, positions),
    }));
    for (const reader of readers) {
      const fresh = (found.get(reader.execution) ?? []).filter(({ seq }) => seq > reader.after);
      reader.mayHaveEnded = false;
      if (fresh.length > 0) void this.#hand(reader, fresh);
      else if (ended.has(reader.execution)) reader.onEnd();
    }
  }

  async #hand(reader: Reader, events: readonly ExecutionEvent[]): Promise<void> {
    reader.after = events.at(-1)?.seq ?? reader.after;
    reader.busy = true;
    await reader.onEvents(events);
    reader.busy = false;
    // There may be more than one read brings, and more may have come meanwhile.
    if (this.#readers.get(reader.execution)?.has(reader)) this.#look(reader.execution);
  }
}

/** Which of the executions have ended. */
async function findEnded(client: ClientBase, readers: readonly Reader[]): Promise<Set<string>> {
  const { rows } = await client.query<{ id: string }>({
    name: "find-ended",
    text: "SELECT id FROM executions WHERE id = ANY($1) AND finished_at IS NOT NULL",
    values: [readers.map(({ execution }) => execution)],
  });
  return new Set(rows.map(({ id }) => id));
}
