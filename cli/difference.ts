import { plannedChanges } from "../plan/changes/steps.ts";
import { carriedBy } from "../plan/clouds/holders.ts";
import { diffPlans, withoutStack } from "../plan/diff.ts";
import { type PlanFile, recordedResources } from "../plan/plan-file.ts";
import { consequences } from "../report/consequences.ts";
import type { Difference } from "../report/difference.ts";

export const differenceOf = (before: PlanFile, after: PlanFile): Difference => ({
  consequences: consequences(withoutStack(before), withoutStack(after)),
  ...(before.environment === after.environment && {
    pulumi: plannedChanges(recordedResources(before), recordedResources(after), carriedBy),
  }),
  changes: diffPlans(before, after),
});
