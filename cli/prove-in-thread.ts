import { existsSync } from "node:fs";
import { Worker } from "node:worker_threads";
import type { Finding, Plan } from "../plan/model/plan.ts";
import { type Question, type Reply, sent } from "./sent-plan.ts";

interface Waiting {
  readonly resolve: (findings: readonly Finding[]) => void;
  readonly reject: (error: unknown) => void;
}

interface Prover {
  readonly prove: (plan: Plan) => Promise<readonly Finding[]>;
}

let started: Prover | undefined;

/**
 * The thread that proves plans, while the next environment is planned here; one for the process. It starts when it is first
 * asked for: ask before importing what takes seconds to load.
 */
export const prover = (): Prover => (started ??= startProver());

/** Keeps the process alive for as long as it is asked, and no longer. */
function startProver(): Prover {
  const ofSources = new URL("./prover-thread.js", import.meta.url);
  const thread = new Worker(existsSync(ofSources) ? ofSources : new URL("./prover.js", import.meta.url));
  const waiting = new Map<number, Waiting>();
  let asked = 0;
  const settle = ({ id, findings, error }: Reply): void => {
    const asker = waiting.get(id);
    waiting.delete(id);
    if (waiting.size === 0) thread.unref();
    if (findings) asker?.resolve(findings);
    else asker?.reject(error);
  };
  const failAll = (error: unknown): void => {
    for (const id of waiting.keys()) settle({ id, error });
  };
  thread.on("message", settle);
  thread.on("error", failAll);
  thread.on("exit", () => {
    failAll(new Error("The thread that proves plans has ended."));
  });
  // Last: a listener for messages makes it keep the process alive.
  thread.unref();
  return {
    prove: (plan) =>
      new Promise((resolve, reject) => {
        const id = asked++;
        waiting.set(id, { resolve, reject });
        thread.ref();
        thread.postMessage({ id, plan: sent(plan) } satisfies Question);
      }),
  };
}
