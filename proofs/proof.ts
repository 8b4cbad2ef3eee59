import type { Finding, Plan } from "../plan/model/plan.ts";

/** One fact that must hold over every plan. Its name is its file's; docs/proofs/<name>.md says why it matters. */
export interface Proof {
  readonly name: string;
  /** The fact, as one sentence. */
  readonly claim: string;
  readonly examine: (plan: Plan) => Pick<Finding, "evidence" | "failures">;
}
