/** The thread of proving-thread.ts: proves the plans that it is sent, in order. */
import { parentPort } from "node:worker_threads";
import type { Answer, Question } from "./proving-thread.ts";
import { provePlan } from "./prove-plan.ts";
import { fromSent } from "./sent-plan.ts";

parentPort?.on("message", ({ plan, services }: Question) => {
  const answer: Answer = provePlan(fromSent(plan, services));
  parentPort?.postMessage(answer);
});
