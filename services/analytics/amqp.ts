import { Connection, type Consumer, ConsumerStatus, type Publisher } from "rabbitmq-client";
import { deadLetterQueue } from "../../platform/names.ts";
import type { Log } from "../shared/runtime/log.ts";
import { usage } from "../shared/usage/contract.ts";
import type { Recorded } from "./outbox.ts";

/** Messages that the broker delivers before one is acknowledged: as many as two statements count. */
const PREFETCH = 400;
/** Seconds of silence after which a server is taken for lost. */
const HEARTBEAT = 10;
/** Milliseconds between attempts to come back, at least and at most. */
const RETRY = { retryLow: 200, retryHigh: 5_000 };
/** Milliseconds that a question waits for a connection. */
const ACQUIRE_TIMEOUT = 5_000;

export interface MessagesOptions {
  readonly url: string;
  readonly log: Log;
}

/**
 * The queue of usage events on a message broker. What it publishes to and consumes must exist: the broker loads it when it starts, and the
 * user of the URL may declare nothing.
 */
export class UsageQueue {
  readonly #connection: Connection;
  readonly #publisher: Publisher;
  readonly #log: Log;
  /** Ids of messages that no queue took. The broker returns one before it confirms it. */
  readonly #returned = new Set<string>();
  #consumer: Consumer | undefined;

  constructor({ url, log }: MessagesOptions) {
    this.#log = log;
    this.#connection = new Connection({ url, heartbeat: HEARTBEAT, acquireTimeout: ACQUIRE_TIMEOUT, ...RETRY });
    let lost = false;
    // Unheard, it would end the process.
    this.#connection.on("error", (error: unknown) => {
      if (!lost) log.warn({ err: error }, "the connection to the message broker broke; reconnecting");
      lost = true;
    });
    this.#connection.on("connection", () => {
      if (lost) log.info("the connection to the message broker is back");
      lost = false;
    });
    this.#publisher = this.#connection.createPublisher({ confirm: true });
    this.#publisher.on("basic.return", ({ messageId }: { readonly messageId?: string }) => {
      this.#returned.add(messageId ?? "");
    });
  }

  isConnected(): boolean {
    return this.#connection.ready;
  }

  /** Resolves when a majority of the queue's nodes have the event. Throws when no queue took it, or nobody says so. */
  async publish({ id, json }: Recorded): Promise<void> {
    await this.#publisher.send(
      { exchange: usage.queue, messageId: id, mandatory: true, durable: true },
      Buffer.from(json),
    );
    if (!this.#returned.delete(id)) return;
    throw new Error(
      `No queue is bound to the exchange '${usage.queue}'. Restart the broker, which loads its definitions then.`,
    );
  }

  /** Hands each message to `take`: what it refuses becomes a dead letter, and what it throws at is delivered again. */
  consume(take: (json: string) => Promise<"taken" | "refused">): void {
    this.#consumer = this.#connection.createConsumer(
      { queue: usage.queue, queueOptions: { passive: true }, qos: { prefetchCount: PREFETCH }, requeue: true },
      async ({ body }) => {
        const result = await take(textOf(body));
        return result === "refused" ? ConsumerStatus.DROP : ConsumerStatus.ACK;
      },
    );
    this.#consumer.on("error", (error: unknown) => {
      this.#log.warn({ err: error }, "usage events are delivered again");
    });
  }

  async countDeadLetters(): Promise<number> {
    const queue = deadLetterQueue(usage.queue);
    const { messageCount } = await this.#connection.queueDeclare({ queue, passive: true });
    return messageCount;
  }

  /** Takes no more messages, and resolves when those in hand are acknowledged. */
  async stopConsuming(): Promise<void> {
    await this.#consumer?.close();
  }

  async close(): Promise<void> {
    await this.#publisher.close();
    await this.#connection.close();
  }
}

/** The library reads a body as its content type says, which anybody may write. */
function textOf(body: unknown): string {
  if (Buffer.isBuffer(body)) return body.toString("utf8");
  return typeof body === "string" ? body : JSON.stringify(body);
}
