import { randomInt } from "node:crypto";
import type { Database } from "../shared/database/pool.ts";
import {
  type Lease,
  RENEW_SECONDS,
  renewLeases,
  SWEEP_SECONDS,
  sweep,
  takeLeases,
} from "../shared/executions/lease.ts";
import type { Broadcast, Subscription, WakeUps } from "../shared/executions/ports.ts";
import { endAttempt, type Outcome } from "../shared/executions/write.ts";
import type { Endpoint } from "../shared/models/endpoints.ts";
import type { Log } from "../shared/runtime/log.ts";
import { inSpan } from "../shared/runtime/tracing.ts";
import { callModel, ModelError } from "./call-model.ts";
import { ChunkWriter } from "./chunk-writer.ts";
import { backOff } from "./retry.ts";

/** Executions that one worker streams at once. They wait for the model nearly all of the time. */
const MAX_AT_ONCE = 256;
/** Milliseconds between looks for what is due, should a wake-up be lost or an execution's back-off end. */
const LOOK_PAUSE = 1_000;

export interface ExecutorOptions {
  readonly database: Database;
  readonly wakeUps: WakeUps;
  readonly broadcast: Broadcast;
  readonly endpoints: readonly Endpoint[];
  readonly log: Log;
}

interface Run {
  readonly lease: Lease;
  readonly controller: AbortController;
  readonly done: Promise<void>;
}

/** 0 to 1, both not. */
const randomShare = (): number => randomInt(1, 1_000) / 1_000;

/** Why an attempt is broken off. */
class Stopped extends Error {}
class LeaseLost extends Error {}
class DeadlineExceeded extends Error {}

/**
 * Takes executions that are due and runs them to their end.
 *
 * An execution is the worker's for as long as its lease is renewed. It loses it when it was cancelled, or was swept because
 * the worker did not answer for ten seconds; then nothing it still writes counts, and it stops. A worker that is told to
 * stop takes nothing more, finishes what it can, and gives the rest back, due at once.
 */
export class Executor {
  readonly #runs = new Map<string, Run>();
  readonly #writer: ChunkWriter;
  readonly #timers: NodeJS.Timeout[] = [];
  #subscription: Subscription | undefined;
  #stopped = false;
  #looking: Promise<void> | undefined;
  #lookAgain = false;

  constructor(private readonly options: ExecutorOptions) {
    this.#writer = new ChunkWriter(options.database, options.broadcast, ({ id, attempt }) => {
      const run = this.#runs.get(id);
      if (run?.lease.attempt === attempt) run.controller.abort(new LeaseLost());
    });
  }

  async start(): Promise<void> {
    const { wakeUps } = this.options;
    const look = (): void => {
      this.look();
    };
    this.#subscription = await wakeUps.onWake(look);
    this.#every(LOOK_PAUSE, () => {
      look();
      return Promise.resolve();
    });
    this.#every(RENEW_SECONDS * 1000, () => this.#renew());
    this.#every(SWEEP_SECONDS * 1000, () => this.#sweep());
    look();
  }

  /** Looks for what is due, once more if it is looking already. */
  look(): void {
    if (this.#stopped) return;
    this.#lookAgain = true;
    this.#looking ??= this.#lookUntilNothing().finally(() => {
      this.#looking = undefined;
    });
  }

  /** Finishes within the seconds given; what is not finished then goes back to the queue. */
  async stop(seconds: number): Promise<void> {
    this.#stopped = true;
    await this.#subscription?.stop();
    await this.#looking;
    const all = Promise.all([...this.#runs.values()].map(({ done }) => done));
    const timeout = setTimeout(() => {
      for (const { controller } of this.#runs.values()) controller.abort(new Stopped());
    }, seconds * 1000);
    await all;
    clearTimeout(timeout);
    // What went back is due at once; the others need not wait for their next look.
    await this.options.wakeUps.wake().catch(() => undefined);
    this.#timers.forEach(clearInterval);
  }

  #every(milliseconds: number, work: () => Promise<void>): void {
    const timer = setInterval(() => {
      work().catch((error: unknown) => {
        this.options.log.warn({ err: error }, "the database did not answer; it is asked again");
      });
    }, milliseconds);
    this.#timers.push(timer);
  }

  async #lookUntilNothing(): Promise<void> {
    const { database, endpoints, log } = this.options;
    while (this.#lookAgain && !this.#stopped) {
      this.#lookAgain = false;
      for (const endpoint of endpoints) {
        const room = MAX_AT_ONCE - this.#runs.size;
        if (room <= 0) return;
        const leases = await takeLeases(database, endpoint, room).catch((error: unknown) => {
          log.warn({ err: error }, "nothing could be taken; it is tried again");
          return [];
        });
        for (const lease of leases) this.#begin(lease, endpoint);
        await this.options.broadcast.publish(leases.map(({ id }) => id)).catch(() => undefined);
      }
    }
  }

  #begin(lease: Lease, endpoint: Endpoint): void {
    const controller = new AbortController();
    const deadline = setTimeout(
      () => {
        controller.abort(new DeadlineExceeded());
      },
      Math.max(0, Date.parse(lease.deadline) - Date.now()),
    );
    const done = inSpan(
      "execution",
      lease.trace,
      { "execution.id": lease.id, "execution.attempt": lease.attempt },
      () => this.#run(lease, endpoint, controller.signal),
    )
      .catch((error: unknown) => {
        // The row still says that it runs: its lease ends, and somebody takes it up.
        this.options.log.warn({ err: error, execution: lease.id }, "how an execution ended could not be written");
      })
      .finally(() => {
        clearTimeout(deadline);
        this.#runs.delete(lease.id);
        this.look();
      });
    this.#runs.set(lease.id, { lease, controller, done });
  }

  async #run(lease: Lease, endpoint: Endpoint, signal: AbortSignal): Promise<void> {
    const { database, broadcast, log } = this.options;
    const outcome = await this.#attempt(lease, endpoint, signal);
    if (!outcome) {
      log.info({ execution: lease.id, attempt: lease.attempt }, "another worker holds the execution");
      return;
    }
    await this.#writer.flush();
    if (!(await endAttempt(database, lease, outcome))) return;
    log.info(
      { execution: lease.id, attempt: lease.attempt, state: outcome.state, ...reasonOf(outcome) },
      "attempt ended",
    );
    await broadcast.publish([lease.id]);
  }

  /** How the attempt ends; undefined when its lease is gone, so that there is nothing to write. */
  async #attempt(lease: Lease, endpoint: Endpoint, signal: AbortSignal): Promise<Outcome | undefined> {
    try {
      const onText = (text: string): void => {
        this.#writer.append(lease, text);
      };
      return { state: "succeeded", ...(await callModel(endpoint, lease, { onText, signal })) };
    } catch (error) {
      if (error instanceof LeaseLost) return undefined;
      if (error instanceof Stopped) return { state: "queued", reason: "worker_stopped", afterSeconds: 0, free: true };
      if (error instanceof DeadlineExceeded) {
        const message = "The execution did not end before its deadline.";
        return { state: "failed", error: { code: "deadline_exceeded", message } };
      }
      if (!(error instanceof ModelError)) throw error;
      const { code, message, retryable, retryAfterSeconds } = error;
      if (!retryable || lease.attempt >= lease.mostAttempts) return { state: "failed", error: { code, message } };
      return {
        state: "queued",
        reason: code,
        afterSeconds: backOff(lease.attempt, retryAfterSeconds ?? 0, randomShare),
      };
    }
  }

  async #renew(): Promise<void> {
    const leases = [...this.#runs.values()].map(({ lease }) => lease);
    if (leases.length === 0) return;
    const held = await renewLeases(this.options.database, leases);
    for (const { id } of leases) if (!held.has(id)) this.#runs.get(id)?.controller.abort(new LeaseLost());
  }

  async #sweep(): Promise<void> {
    const swept = await sweep(this.options.database);
    if (swept.length === 0) return;
    this.options.log.warn({ executions: swept.length }, "executions with expired leases were queued again or failed");
    await this.options.broadcast.publish(swept.map(({ id }) => id));
    await this.options.wakeUps.wake();
  }
}

function reasonOf(outcome: Outcome): { reason?: string } {
  if (outcome.state === "failed") return { reason: outcome.error.code };
  return outcome.state === "queued" ? { reason: outcome.reason } : {};
}
