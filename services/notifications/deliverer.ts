import type { Database } from "../shared/database/pool.ts";
import type { EgressFetch } from "../shared/egress/fetch.ts";
import type { SealingKeys } from "../shared/models/sealed-keys.ts";
import type { Log } from "../shared/runtime/log.ts";
import { randomShare } from "../shared/runtime/random-share.ts";
import { repeat } from "../shared/runtime/repeat.ts";
import { MAX_OUTPUT } from "../shared/webhooks/events.ts";
import { placeOf } from "../shared/webhooks/secret.ts";
import { type Claimed, claimDeliveries } from "./claim.ts";
import { type Exchange, post } from "./exchange.ts";
import { finishAttempt } from "./finish.ts";
import { signedHeaders } from "./sign.ts";
import { judge, type Result } from "./verdict.ts";

/** Attempts of one replica at once: fewer than the tunnels that the egress proxy lets one client have. */
const MAX_AT_ONCE = 256;
/** Deliveries that one transaction takes. */
const MAX_CLAIMED = 64;
/** Milliseconds between looks for deliveries that are due. */
const PAUSE = 250;
/** Milliseconds that an attempt takes at most. */
const ATTEMPT_TIMEOUT = 15_000;

export interface DelivererOptions {
  readonly database: Database;
  readonly egress: EgressFetch;
  readonly keys: SealingKeys;
  readonly log: Log;
  readonly onResult: (result: Result) => void;
  /** 0 to 1, which spreads retries. @default - at random */
  readonly random?: () => number;
}

/** Delivers what is due until it is stopped. */
export class Deliverer {
  readonly #underWay = new Set<Promise<void>>();
  #looking: Promise<void> = Promise.resolve();
  #stop: () => void = () => undefined;

  constructor(private readonly options: DelivererOptions) {}

  start(): void {
    const look = (isStopped: () => boolean): Promise<void> => (this.#looking = this.#look(isStopped));
    this.#stop = repeat(look, {
      ...{ pause: PAUSE, log: this.options.log },
      failed: "webhooks could not be taken; it is tried again",
    });
  }

  /** Takes nothing more, and resolves when the attempts under way have ended. */
  async stop(): Promise<void> {
    this.#stop();
    await this.#looking.catch(() => undefined);
    await Promise.all(this.#underWay);
  }

  async #look(isStopped: () => boolean): Promise<void> {
    let found = 1;
    while (found > 0 && !isStopped()) {
      const room = Math.min(MAX_AT_ONCE - this.#underWay.size, MAX_CLAIMED);
      const claimed = room > 0 ? await claimDeliveries(this.options.database, room) : [];
      found = claimed.length;
      for (const delivery of claimed) {
        const ended = this.#deliver(delivery).finally(() => this.#underWay.delete(ended));
        this.#underWay.add(ended);
      }
    }
  }

  async #deliver(delivery: Claimed): Promise<void> {
    const { database, log, onResult, random = randomShare } = this.options;
    const { id, failures } = delivery;
    const [startedAt, before] = [new Date(), performance.now()];
    try {
      const exchange = await this.#attempt(delivery, startedAt);
      const verdict = judge(exchange, failures, random);
      onResult(verdict.result);
      const milliseconds = Math.round(performance.now() - before);
      await finishAttempt(database, delivery, { startedAt, milliseconds, exchange, verdict });
    } catch (error) {
      log.warn({ err: error, delivery: id }, "the result of a webhook could not be written; it will be sent again");
    }
  }

  async #attempt(delivery: Claimed, startedAt: Date): Promise<Exchange> {
    const { url, event } = delivery;
    const secrets = this.#secretsOf(delivery);
    if (secrets.length === 0) return { status: null, error: "not_signed", excerpt: null };
    const body = JSON.stringify({ type: event.type, timestamp: event.at, data: await this.#dataOf(delivery) });
    const timestamp = Math.floor(startedAt.getTime() / 1_000);
    const headers = {
      ...{ "content-type": "application/json", "user-agent": "PromptOps-Webhooks" },
      ...signedHeaders({ id: event.id, timestamp, body }, secrets),
    };
    return post(this.options.egress, { url, headers, body }, ATTEMPT_TIMEOUT);
  }

  /** None when one of them cannot be opened. */
  #secretsOf({ id, tenant, endpoint, secrets }: Claimed): string[] {
    try {
      return secrets.map((secret) => this.options.keys.open(secret, placeOf(tenant, endpoint)));
    } catch (error) {
      this.options.log.warn({ err: error, delivery: id }, "a webhook could not be signed; it is tried again");
      return [];
    }
  }

  async #dataOf({ id, includeOutput, event }: Claimed): Promise<object> {
    if (!includeOutput) return event.data;
    const { rows } = await this.options.database.query<{ output: object }>({
      name: "read-webhook-output",
      text: "SELECT webhook_output($1, $2) AS output",
      values: [id, MAX_OUTPUT],
    });
    return { ...event.data, ...rows[0]?.output };
  }
}
