import type { Effects } from "../plan/model/effects.ts";
import type { Finding, Plan } from "../plan/model/plan.ts";
import { effectsOf } from "../proofs/evaluation/effects.ts";
import { prove } from "../proofs/index.ts";
import { type Cell, connectivity } from "../proofs/require-connectivity.ts";

/** What is known of a plan without asking the API server's code. */
export interface Proved {
  readonly findings: readonly Finding[];
  readonly effects: Effects;
  readonly connectivity: readonly Cell[];
}

export const provePlan = (plan: Plan): Proved => ({
  findings: prove(plan),
  effects: effectsOf(plan),
  connectivity: connectivity(plan),
});
