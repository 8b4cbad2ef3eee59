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

/** A thread of its own. It is sent each plan at once, so that it goes on while this thread is busy with the next. */
export function startProvingThread(): ProvingThread {
  const worker = startWorker();
  const asked: Asked[] = [];
  let failure: Error | undefined;
  worker.on("message", (answer: Answer) => {
    asked.shift()?.resolve(answer);
    if (asked.length === 0) worker.unref();
  });
  worker.on("error", (error: Error) => {
    failure = error;
    for (const { reject } of asked.splice(0)) reject(error);
  });
  // After the listeners: the one for messages keeps the process alive.
  worker.unref();
  return {
    async prove(plan, services) {
      if (failure) throw failure;
      const question: Question = { plan: toSent(plan), services };
      worker.ref();
      worker.postMessage(question);
      return new Promise((resolve, reject) => asked.push({ resolve, reject }));
    },
  };
}

/** A question that the thread has not answered yet. It answers in order. */
interface Asked {
  readonly resolve: (answer: Answer) => void;
  readonly reject: (failure: Error) => void;
}

/** The published package has a compiled module; of the sources, this one is compiled when it is imported. */
const startWorker = (): Worker =>
  import.meta.url.endsWith(".ts")
    ? new Worker(new URL("source-thread.js", import.meta.url), { workerData: "./proving-worker.ts" })
    : new Worker(new URL("proving-worker.js", import.meta.url));
