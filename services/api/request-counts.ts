import type { Database } from "../shared/database/pool.ts";

const MINUTE = 60_000;
/** A subject's count is shared once it is this share of its limit: what is far from the limit costs no write. */
const SHARED_FROM = 0.01;

interface Entry {
  readonly limit: number;
  /** What this replica has counted. */
  own: number;
  /** What of `own` the others know. */
  sent: number;
  /** What all replicas together had sent when this one last asked. */
  total: number;
}

export interface Counted {
  /** Requests of this minute, this one included. */
  readonly count: number;
  /** Seconds until the next minute. */
  readonly secondsLeft: number;
}

/** Adds counts of a minute to those of the other replicas, and returns the sums. */
export type ShareCounts = (minute: number, counts: ReadonlyMap<string, number>) => Promise<ReadonlyMap<string, number>>;

/**
 * Counts requests per subject and minute. A count is exact for what this replica received. What the others received comes with each
 * `share`: so a subject may exceed its limit by what it sends to other replicas between two of them, and by one percent of the limit
 * per replica.
 */
export class RequestCounts {
  #minute = 0;
  #entries = new Map<string, Entry>();

  constructor(
    private readonly shareCounts: ShareCounts,
    private readonly now: () => number = Date.now,
  ) {}

  /** Counts a request of a subject, unless `by` is 0. */
  add(subject: string, limit: number, by: 0 | 1 = 1): Counted {
    const now = this.now();
    this.#begin(Math.floor(now / MINUTE));
    const entry = this.#entries.get(subject) ?? { limit, own: 0, sent: 0, total: 0 };
    if (by > 0) this.#entries.set(subject, entry);
    entry.own += by;
    return { count: entry.total + entry.own - entry.sent, secondsLeft: Math.ceil((MINUTE - (now % MINUTE)) / 1000) };
  }

  /** Tells the other replicas what this one counted, and learns what they did. When it throws, the next call tells it. */
  async share(): Promise<void> {
    const minute = this.#minute;
    const entries = this.#entries;
    const told = new Map(
      [...entries]
        .filter(([, { own, sent, limit }]) => own > sent && own >= limit * SHARED_FROM)
        .map(([subject, { own }]) => [subject, own]),
    );
    if (told.size === 0) return;
    const counts = new Map([...told].map(([subject, own]) => [subject, own - (entries.get(subject)?.sent ?? 0)]));
    for (const [subject, total] of await this.shareCounts(minute, counts)) {
      const entry = entries.get(subject);
      if (!entry) continue;
      entry.sent = told.get(subject) ?? entry.sent;
      entry.total = total;
    }
  }

  #begin(minute: number): void {
    if (minute === this.#minute) return;
    this.#minute = minute;
    this.#entries = new Map();
  }
}

/** Shares counts in Postgres, which every environment has. One statement per replica and second is no load for it. */
export const shareInPostgres =
  (database: Database): ShareCounts =>
  async (minute, counts) => {
    const { rows } = await database.pool.query<{ subject: string; total: number }>({
      name: "count-requests",
      text: "SELECT encode(subject, 'hex') AS subject, total FROM count_requests($1, $2::bytea[], $3::bigint[])",
      values: [minute, [...counts.keys()].map((subject) => Buffer.from(subject, "hex")), [...counts.values()]],
    });
    return new Map(rows.map(({ subject, total }) => [subject, total]));
  };
