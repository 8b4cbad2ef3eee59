import type { Database } from "../shared/database/pool.ts";
import type { Log } from "../shared/runtime/log.ts";

/** Events that are handed over in one transaction. */
const MAX_AT_ONCE = 200;
/** Milliseconds between looks into an outbox that was empty, or whose events could not be handed over. */
const PAUSE = 1_000;
/** Seconds in which events must be confirmed. After that Postgres ends the transaction, and another relay may take them. */
const HANDOVER_SECONDS = 30;

/** An event in the outbox, as JSON. */
export interface Recorded {
  readonly position: number;
  readonly id: string;
  readonly json: string;
}

/** Takes an event over: it is safe when this resolves. `refused`: nobody will ever take it. */
export type TakeOver = (event: Recorded) => Promise<"taken" | "refused">;

/**
 * Hands the oldest events of the outbox over, deletes those that were taken, and marks those that were refused; returns how many it handed
 * over. An event is handed over again when the relay is lost before it has committed. Several relays take different events. Throws, with what was taken deleted, when an event
 * could not be handed over.
 */
export async function relayEvents(database: Pick<Database, "transaction">, takeOver: TakeOver): Promise<number> {
  const { handedOver, failure } = await database.transaction(async (client) => {
    await client.query(`SET LOCAL idle_in_transaction_session_timeout = '${HANDOVER_SECONDS}s'`);
    const { rows } = await client.query<Recorded>(
      `SELECT position, event->>'id' AS id, event::text AS json FROM usage_outbox WHERE NOT refused
      ORDER BY position LIMIT ${MAX_AT_ONCE} FOR UPDATE SKIP LOCKED`,
    );
    const results = await Promise.allSettled(rows.map(takeOver));
    const positionsOf = (result: "taken" | "refused"): number[] =>
      rows.filter((_, index) => valueOf(results[index]) === result).map(({ position }) => position);
    await client.query("DELETE FROM usage_outbox WHERE position = ANY ($1)", [positionsOf("taken")]);
    await client.query("UPDATE usage_outbox SET refused = true WHERE position = ANY ($1)", [positionsOf("refused")]);
    return { handedOver: rows.length, failure: results.find((result) => result.status === "rejected") };
  });
  if (failure) throw failure.reason;
  return handedOver;
}

const valueOf = <Value>(result: PromiseSettledResult<Value> | undefined): Value | undefined =>
  result?.status === "fulfilled" ? result.value : undefined;

/** Relays events until it is stopped. */
export class OutboxRelay {
  #stopped = false;
  #wake: () => void = () => undefined;
  #ended: Promise<void> = Promise.resolve();

  constructor(
    private readonly options: { readonly database: Database; readonly takeOver: TakeOver; readonly log: Log },
  ) {}

  start(): void {
    this.#ended = this.#run();
  }

  /** Resolves when the events in hand are handed over. */
  async stop(): Promise<void> {
    this.#stopped = true;
    this.#wake();
    await this.#ended;
  }

  async #run(): Promise<void> {
    while (!this.#stopped) {
      if ((await this.#relay()) < MAX_AT_ONCE) await this.#pause();
    }
  }

  async #relay(): Promise<number> {
    try {
      return await relayEvents(this.options.database, this.options.takeOver);
    } catch (error) {
      this.options.log.warn({ err: error }, "usage events stay in the outbox; they are handed over again");
      return 0;
    }
  }

  #pause(): Promise<void> {
    return new Promise((resolve) => {
      if (this.#stopped) {
        resolve();
        return;
      }
      const timer = setTimeout(resolve, PAUSE);
      this.#wake = () => {
        clearTimeout(timer);
        resolve();
      };
    });
  }
}
