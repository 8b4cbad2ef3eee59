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
  /** The last event that was handed over. */
  after: number;
  /** Takes what came, in order, each event once. */
  readonly onEvents: (events: readonly ExecutionEvent[]) => void;
}

/** Milliseconds between looks without having been told: a message of the broadcast may be lost. */
const LOOK_PAUSE = 2_000;

/**
 * Hands events of executions to those who follow them. The broadcast only says where to look; what is read from the rows
 * is in order and complete, whoever missed what. One read is under way at a time, for everybody who was told of meanwhile.
 */
export class EventFollowers {
  readonly #followers = new Map<string, Set<Follower>>();
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
    const members = this.#followers.get(execution) ?? new Set();
    this.#followers.set(execution, members.add(follower));
    this.#look(execution);
    return () => {
      members.delete(follower);
      if (members.size === 0) this.#followers.delete(execution);
    };
  }

  #lookAtAll(): void {
    for (const execution of this.#followers.keys()) this.#look(execution);
  }

  #look(execution: string): void {
    if (!this.#followers.has(execution)) return;
    this.#changed.add(execution);
    if (!this.#reading) void this.#read();
  }

  async #read(): Promise<void> {
    this.#reading = true;
    while (this.#changed.size > 0) {
      const followers = [...this.#changed].flatMap((execution) => [...(this.#followers.get(execution) ?? [])]);
      this.#changed = new Set();
      for (const [tenant, members] of groupBy(followers, (each) => each.tenant)) {
        await this.#readFor(tenant, members).catch((error: unknown) => {
          this.log.warn({ err: error }, "events could not be read; they are asked for again");
        });
      }
    }
    this.#reading = false;
  }

  async #readFor(tenant: string, followers: readonly Follower[]): Promise<void> {
    // Several who follow one execution read it from the one who is farthest behind.
    const positions = [...groupBy(followers, ({ execution }) => execution)].map(([execution, members]) => ({
      execution,
      after: Math.min(...members.map(({ after }) => after)),
    }));
    const found = await this.database.asTenant(tenant, (client) => readEvents(client, positions));
    for (const follower of followers) {
      const fresh = (found.get(follower.execution) ?? []).filter(({ seq }) => seq > follower.after);
      const last = fresh.at(-1);
      if (!last) continue;
      follower.after = last.seq;
      follower.onEvents(fresh);
      // There may be more than one read brings.
      this.#changed.add(follower.execution);
    }
  }
}
