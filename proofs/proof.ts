import type { Finding, Plan } from "../plan/model/plan.ts";

/** One fact that must hold for every plan. It has the name of its file; docs/proofs/<name>.md explains it. */
export interface Proof {
  readonly name: string;
  /** The fact, as one sentence. */
  readonly claim: string;
  readonly examine: (plan: Plan) => Pick<Finding, "evidence" | "failures" | "notJudged">;
}
