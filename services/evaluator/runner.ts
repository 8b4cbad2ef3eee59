import type { WakeUps } from "../shared/executions/ports.ts";
import type { Log } from "../shared/runtime/log.ts";
import { type Due, type StepOptions, takeStep } from "./step.ts";

/** Experiments that are found at once. */
const MAX_AT_ONCE = 50;
/** Milliseconds between looks for what is due, when nothing was. */
const PAUSE = 1_000;

export interface RunnerOptions extends StepOptions {
  /** Told when executions were started. */
  readonly wakeUps: Pick<WakeUps, "wake">;
  readonly log: Log;
  readonly onStep: (result: "committed" | "failed") => void;
}

/** Takes steps of the experiments that are due, one at a time, until it is stopped. */
export class ExperimentRunner {
  #stopped = false;
  #woken = false;
  #wake: () => void = () => undefined;
  #ended: Promise<void> = Promise.resolve();

  constructor(private readonly options: RunnerOptions) {}

  start(): void {
    this.#ended = this.#run();
  }

  /** Has it look for what is due now, if it pauses. */
  wake(): void {
    this.#woken = true;
    this.#wake();
  }

  /** Resolves when the step under way is committed. */
  async stop(): Promise<void> {
    this.#stopped = true;
    this.#wake();
    await this.#ended;
  }

  async #run(): Promise<void> {
    while (!this.#stopped) {
      this.#woken = false;
      if ((await this.#takeSteps()) === 0) await this.#pause();
    }
  }

  /** Takes a step of each experiment that is due; the number of those that went on. */
  async #takeSteps(): Promise<number> {
    let taken = 0;
    for (const due of await this.#find()) {
      if (this.#stopped) break;
      if (await this.#takeStep(due)) taken += 1;
    }
    return taken;
  }

  async #takeStep(due: Due): Promise<boolean> {
    const { log, onStep, wakeUps } = this.options;
    try {
      const { taken, executions } = await takeStep(this.options, due);
      if (executions > 0) wakeUps.wake();
      if (taken) onStep("committed");
      return taken;
    } catch (error) {
      log.warn({ err: error, experiment: due.id }, "a step of an experiment failed; it is taken again");
      onStep("failed");
      return false;
    }
  }

  /** In another order each time, so that replicas and tenants do not wait for one another. */
  async #find(): Promise<Due[]> {
    const { database, log } = this.options;
    try {
      const { rows } = await database.query<Due>({
        name: "find-due-experiments",
        text: `WITH over AS (
            DELETE FROM evaluation_queue USING experiments WHERE experiments.id = experiment_id AND state <> 'running'
          )
          SELECT id, tenant_id AS tenant FROM experiments WHERE state = 'running' AND (
            due_at <= now() OR EXISTS (SELECT FROM evaluation_queue WHERE experiment_id = experiments.id)
          )
          ORDER BY random() LIMIT ${MAX_AT_ONCE}`,
      });
      return rows;
    } catch (error) {
      log.warn({ err: error }, "experiments that are due could not be found; they are looked for again");
      return [];
    }
  }

  #pause(): Promise<void> {
    return new Promise((resolve) => {
      if (this.#stopped || this.#woken) {
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
