import { randomUUID } from "node:crypto";
import { setTimeout as pause } from "node:timers/promises";
import { STREAMS_PER_WORKER } from "../../platform/catalogue/throughput.ts";
import type { Database } from "../shared/database/pool.ts";
import { isRefusal } from "../shared/database/retry-conflicts.ts";
import { type Lease, LEASE_SECONDS, RENEW_SECONDS, renewLeases, SWEEP_SECONDS } from "../shared/executions/lease.ts";
import { type Room, takeLeases } from "../shared/executions/claim.ts";
import { createEventPartitions, PARTITION_SECONDS } from "../shared/executions/partitions.ts";
import type { Broadcast, Subscription, WakeUps } from "../shared/executions/ports.ts";
import { sweep } from "../shared/executions/sweep.ts";
import { endAttempt, type Outcome, type Spent } from "../shared/executions/end-attempt.ts";
import type { Endpoint } from "../shared/models/endpoints.ts";
import type { Log } from "../shared/runtime/log.ts";
import { inSpan } from "../shared/runtime/tracing.ts";
import { queueDueWorkflows, type Suspension, suspendWorkflow, WORKFLOWS } from "../shared/workflows/queue.ts";
import { type Attempt, outputRefused, runAttempt } from "./attempt.ts";
import { type CachedAnswer, findCachedAnswer } from "./cached-answers.ts";
import { ChunkWriter } from "./chunk-writer.ts";
import type { Circuits } from "./circuits.ts";
import { DeadlineExceeded, LeaseLost, Stopped } from "./interruptions.ts";
import { runWorkflow, type WorkflowAttempt } from "./workflows/run-workflow.ts";

/** Workflows that one worker advances at once. One that waits is no worker's. */
const MAX_WORKFLOWS_AT_ONCE = 32;
/** Of them, executions with which a worker was lost. */
const MAX_SUSPECTS = 32;
/** Milliseconds between looks for what is due, should a wake-up be lost or an execution's back-off end. */
const LOOK_PAUSE = 1_000;
/** Milliseconds before the end of an attempt that could not be written is written again. */
const WRITE_PAUSE = 500;
/** Seconds after which its worker gives up: the lease ends then, and another worker takes the execution. */
const MAX_WRITE_SECONDS = 60;

export interface ExecutorOptions {
  readonly database: Database;
  readonly wakeUps: WakeUps;
  readonly broadcast: Broadcast;
  readonly circuits: Circuits;
  readonly log: Log;
}

interface Run {
  readonly lease: Lease;
  /** Of the model that it asks; undefined for a workflow. */
  readonly endpoint: Endpoint | undefined;
  readonly controller: AbortController;
  readonly done: Promise<void>;
}

/**
 * Takes executions that are due and runs them to their end.
 *
 * An execution is the worker's for as long as its lease is renewed. It loses it when it was cancelled, or was swept because
 * the worker did not answer for ten seconds; then nothing it still writes counts, and it stops. A worker that is told to
 * stop takes nothing more, finishes what it can, and gives the rest back, due at once.
 */
export class Executor {
  readonly #id = randomUUID();
  readonly #runs = new Map<string, Run>();
  readonly #writer: ChunkWriter;
  readonly #timers: NodeJS.Timeout[] = [];
  #subscription: Subscription | undefined;
  #stopped = false;
  /** When Postgres was away, workers renew their leases first: until then none of them is lost. */
  #sweepsFrom = 0;
  /** Aborted when what is not finished has to be let go. */
  readonly #drained = new AbortController();
  #looking: Promise<void> | undefined;
  #lookAgain = false;

  constructor(private readonly options: ExecutorOptions) {
    const { database, broadcast, log } = options;
    const onLost = ({ id, attempt }: Lease, reason: Error): void => {
      const run = this.#runs.get(id);
      if (run?.lease.attempt === attempt) run.controller.abort(reason);
    };
    this.#writer = new ChunkWriter({ database, broadcast, log, onLost });
  }

  async start(): Promise<void> {
    const { wakeUps } = this.options;
    const look = (): void => {
      this.look();
    };
    await this.#createPartitions().catch((error: unknown) => {
      this.options.log.warn({ err: error }, "partitions of events could not be created; it is tried again in an hour");
    });
    this.#subscription = await wakeUps.onWake(look);
    this.#every(LOOK_PAUSE, () => {
      look();
      return Promise.resolve();
    });
    this.#every(RENEW_SECONDS * 1000, () => this.#renew());
    this.#every(SWEEP_SECONDS * 1000, () => this.#sweep());
    this.#every(PARTITION_SECONDS * 1000, () => this.#createPartitions());
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
      this.#drained.abort();
      for (const { controller } of this.#runs.values()) controller.abort(new Stopped());
    }, seconds * 1000);
    await all;
    clearTimeout(timeout);
    // What went back is due at once; the others need not wait for their next look.
    this.options.wakeUps.wake();
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
    const { database, circuits, log } = this.options;
    while (this.#lookAgain && !this.#stopped) {
      this.#lookAgain = false;
      await queueDueWorkflows(database).catch((error: unknown) => {
        log.warn({ err: error }, "workflows whose wait is over could not be queued; it is tried again");
      });
      for (const endpoint of [undefined, ...circuits.endpoints]) {
        const room = this.#roomFor(endpoint);
        if (room.all <= 0) continue;
        const claim = endpoint
          ? takeLeases(database, endpoint, room, circuits.redirectsTo(endpoint))
          : takeLeases(database, WORKFLOWS, room);
        const { leases, more } = await claim.catch((error: unknown) => {
          log.warn({ err: error }, "nothing could be taken; it is tried again");
          return { leases: [], more: false };
        });
        this.#lookAgain ||= more;
        for (const lease of leases) this.#begin(lease, endpoint);
        this.options.broadcast.publish(leases.map(({ id }) => id));
      }
    }
  }

  /** What it may take: of executions with which workers were lost few, so that the one that kills them is soon found. */
  #roomFor(of: Endpoint | undefined): Room {
    const runs = [...this.#runs.values()];
    const losses = runs.map(({ lease }) => lease.losses);
    const workflows = runs.filter(({ endpoint }) => !endpoint).length;
    const prompts = runs.length - workflows;
    return {
      worker: this.#id,
      all: of ? this.options.circuits.of(of).admits(STREAMS_PER_WORKER - prompts) : MAX_WORKFLOWS_AT_ONCE - workflows,
      suspects: Math.max(0, MAX_SUSPECTS - losses.filter((count) => count === 1).length),
      primes: losses.some((count) => count > 1) ? 0 : 1,
    };
  }

  #begin(lease: Lease, endpoint: Endpoint | undefined): void {
    const controller = new AbortController();
    const deadline = setTimeout(
      () => {
        controller.abort(new DeadlineExceeded());
      },
      Math.max(0, lease.secondsLeft * 1000),
    );
    const done = inSpan(
      "execution",
      lease.trace,
      { "execution.id": lease.id, "execution.attempt": lease.attempt },
      () => this.#run(lease, endpoint, controller.signal),
    )
      .catch((error: unknown) => {
        // The row still says that it runs: its lease ends, and another worker takes it.
        this.options.log.warn({ err: error, execution: lease.id }, "how an execution ended could not be written");
      })
      .finally(() => {
        clearTimeout(deadline);
        this.#runs.delete(lease.id);
        this.look();
      });
    this.#runs.set(lease.id, { lease, endpoint, controller, done });
  }

  async #run(lease: Lease, endpoint: Endpoint | undefined, signal: AbortSignal): Promise<void> {
    const { broadcast, log } = this.options;
    const attempt = { execution: lease.id, tenant: lease.tenant, attempt: lease.attempt };
    const { outcome, spent } = await (endpoint ? this.#ask(lease, endpoint, signal) : this.#advance(lease));
    const written = outcome && (await this.#end(lease, outcome, spent));
    if (!written) {
      log.info(attempt, "the lease is gone: the execution was cancelled, or another worker holds it");
      return;
    }
    log.info({ ...attempt, state: written.state, ...reasonOf(written) }, "attempt ended");
    broadcast.publish([lease.id]);
  }

  async #ask(lease: Lease, endpoint: Endpoint, signal: AbortSignal): Promise<Attempt> {
    const { circuits } = this.options;
    const settle = circuits.of(endpoint).begin();
    const next = (failed: Lease): string | undefined => circuits.next(failed);
    const cached = (of: Lease): Promise<CachedAnswer | undefined> => this.#findCached(of);
    const attempt = await runAttempt(lease, endpoint, { writer: this.#writer, signal, cached, next });
    settle(attempt.verdict);
    return attempt;
  }

  /** Where answers cannot be looked up, the model is asked. */
  #findCached(lease: Lease): Promise<CachedAnswer | undefined> {
    const { database, log } = this.options;
    return findCachedAnswer(database, lease).catch((error: unknown) => {
      log.warn({ err: error, execution: lease.id }, "a cached answer could not be looked up; the model is asked");
      return undefined;
    });
  }

  #advance(lease: Lease): Promise<WorkflowAttempt> {
    const { database, log, wakeUps, circuits } = this.options;
    return runWorkflow(lease, {
      ...{ database, log, modelOf: (name) => circuits.models.get(name) },
      onStarted: () => {
        wakeUps.wake();
      },
    });
  }

  /**
   * Writes how an attempt ended, again while Postgres does not answer, for a minute: the lease is kept meanwhile. Returns what was written;
   * undefined when the lease is gone.
   */
  async #end(lease: Lease, outcome: Outcome | Suspension, spent: Spent): Promise<Outcome | Suspension | undefined> {
    const { database, log } = this.options;
    const last = performance.now() + MAX_WRITE_SECONDS * 1000;
    for (let end: Outcome | Suspension = outcome; ;) {
      try {
        return (await write(database, lease, end, spent)) ? end : undefined;
      } catch (error) {
        const refused = isRefusal(error) && end.state === "succeeded";
        if (this.#drained.signal.aborted || performance.now() > last || (isRefusal(error) && !refused)) throw error;
        log.warn({ err: error, execution: lease.id }, "how an attempt ended could not be written; it is tried again");
        if (refused) end = outputRefused();
        else await pause(WRITE_PAUSE);
      }
    }
  }

  async #renew(): Promise<void> {
    const leases = [...this.#runs.values()].map(({ lease }) => lease);
    const held = await renewLeases(this.options.database, leases).catch((error: unknown) => {
      this.#sweepsFrom = performance.now() + LEASE_SECONDS * 1000;
      throw error;
    });
    for (const { id } of leases) if (!held.has(id)) this.#runs.get(id)?.controller.abort(new LeaseLost());
  }

  async #sweep(): Promise<void> {
    if (performance.now() < this.#sweepsFrom) return;
    const swept = await sweep(this.options.database);
    if (swept.length === 0) return;
    const { log } = this.options;
    log.warn(
      { executions: swept.length },
      "executions of lost workers, or past their deadlines, were queued again or failed",
    );
    for (const { id } of swept.filter(({ quarantined }) => quarantined)) {
      log.error({ execution: id }, "the execution is a dead letter: the workers that ran it were lost");
    }
    this.options.broadcast.publish(swept.map(({ id }) => id));
    this.options.wakeUps.wake();
  }

  async #createPartitions(): Promise<void> {
    const created = await createEventPartitions(this.options.database);
    if (created.length > 0) this.options.log.info({ created }, "partitions of events were created");
  }
}

const write = (database: Database, lease: Lease, end: Outcome | Suspension, spent: Spent): Promise<boolean> =>
  end.state === "waiting" ? suspendWorkflow(database, lease, end) : endAttempt(database, lease, end, spent);

function reasonOf(outcome: Outcome | Suspension): { reason?: string } {
  if (outcome.state === "failed") return { reason: outcome.error.code };
  return outcome.state === "queued" ? { reason: outcome.reason } : {};
}
