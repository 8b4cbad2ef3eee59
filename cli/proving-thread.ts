import { once } from "node:events";
import { Worker } from "node:worker_threads";
import type { Plan } from "../plan/model/plan.ts";
import type { Service } from "../platform/service.ts";
import type { Proved } from "./prove-plan.ts";
import { type SentPlan, toSent } from "./sent-plan.ts";

export interface Question {
  readonly plan: SentPlan;
  readonly services: readonly Service[];
}
export type Answer = Proved;

/** Proves plans beside the thread that makes the next ones. */
export interface ProvingThread {
  /** Rejects if the thread fails, which ends it: what is asked later rejects too. */
  prove(plan: Plan, services: readonly Service[]): Promise<Proved>;
}

let started: ProvingThread | undefined;

/**
 * The thread that proves, one for the process. It loads while the packages load here: ask for it before importing them. It keeps
 * the process alive while it proves, and no longer.
 */
export const provingThread = (): ProvingThread => (started ??= startProvingThread());

/** A thread of its own. */
export function startProvingThread(): ProvingThread {
  const worker = startWorker();
  worker.unref();
  let last: Promise<unknown> = Promise.resolve();
  async function ask(question: Question): Promise<Answer> {
    worker.ref();
    const answered = once(worker, "message") as Promise<[Answer]>;
    worker.postMessage(question);
    const [answer] = await answered;
    worker.unref();
    return answer;
  }
  return {
    prove(plan, services) {
      const answer = last.then(() => ask({ plan: toSent(plan), services }));
      // The caller handles a rejection. This alone would be an unhandled one.
      answer.catch(() => undefined);
      last = answer;
      return answer;
    },
  };
}

/** The published package has a compiled module; of the sources, this one is compiled when it is imported. */
const startWorker = (): Worker =>
  import.meta.url.endsWith(".ts")
    ? new Worker(new URL("source-thread.js", import.meta.url), { workerData: "./proving-worker.ts" })
    : new Worker(new URL("proving-worker.js", import.meta.url));
