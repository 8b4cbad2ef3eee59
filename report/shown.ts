import type { Finding, Plan } from "../plan/model/plan.ts";
import { type Loss, lossesOf } from "../proofs/evaluation/losses.ts";
import type { Difference } from "./difference.ts";
import { type Cell, connectivity } from "../proofs/require-connectivity.ts";

/** A plan with what was proved of it. */
export interface ProvedPlan {
  readonly plan: Plan;
  readonly findings: readonly Finding[];
  /** Which connections its policies allow. @default - computed */
  readonly connectivity?: readonly Cell[];
  /** From the plan of what is deployed. @default - no such plan is known */
  readonly difference?: Difference;
  /** The folder with plan.json and the manifests, relative to the page. @default - the environment's name */
  readonly folder?: string;
}

/** All that the page shows of a plan. */
export interface Shown extends Required<Omit<ProvedPlan, "difference">>, Pick<ProvedPlan, "difference"> {
  readonly losses: readonly Loss[];
}

export const toShown = ({ plan, ...proved }: ProvedPlan): Shown => ({
  ...proved,
  plan,
  connectivity: proved.connectivity ?? connectivity(plan),
  folder: proved.folder ?? plan.environment,
  losses: lossesOf(plan),
});

export const fails = ({ findings }: Pick<ProvedPlan, "findings">): boolean =>
  findings.some(({ failures }) => failures.length > 0);
