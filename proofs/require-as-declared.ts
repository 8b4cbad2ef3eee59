import { count } from "../platform/count.ts";
import { describeObject } from "../plan/model/kubernetes.ts";
import type { DeclaredValue } from "../plan/model/declared.ts";
import type { Plan } from "../plan/model/plan.ts";
import type { RecordedValue } from "../plan/model/safety.ts";
import type { Proof } from "./proof.ts";

export const requireAsDeclared: Proof = {
  name: "require-as-declared",
  claim: "The plan has the versions, sizes, retention days, replicas and locations that the environment declares.",
  examine(plan) {
    const declared = plan.expected.cloud.values;
    const recorded = plan.safety.values;
    return {
      evidence: [`${count(declared.length, "declared value")}, compared with ${recorded.length} recorded`],
      failures: [
        ...declared.flatMap((value) => valueFailures(value, recorded)),
        ...recorded.flatMap((value) => undeclaredFailures(value, declared)),
        ...bucketFailures(plan),
      ],
    };
  },
};

function valueFailures({ key, value }: DeclaredValue, recorded: readonly RecordedValue[]): string[] {
  const found = recorded.filter((each) => each.key === key);
  if (found.length === 0) return [`'${key}' is ${value}, but no resource of the plan has that value. Add one.`];
  return found
    .filter((each) => each.value !== value)
    .map((each) => `${each.resource} has ${each.value}, and '${key}' is ${value}. Make them equal.`);
}

const undeclaredFailures = ({ key, resource, value }: RecordedValue, declared: readonly DeclaredValue[]): string[] =>
  declared.some((each) => each.key === key)
    ? []
    : [`${resource} has ${value}, and '${key}' is not declared. Remove it, or declare it.`];

/** Backups go to the bucket of the environment. */
function bucketFailures({ objects, safety: { buckets }, expected: { cloud } }: Plan): string[] {
  const { backups } = cloud;
  if (backups === undefined) return [];
  const missing = buckets.includes(backups) ? [] : [`Bucket '${backups}' for backups is not in the plan. Add it.`];
  const elsewhere = objects.flatMap(({ manifest }) => {
    const { objectStorage } = (manifest.spec ?? {}) as { objectStorage?: { bucket?: string } };
    return objectStorage && !buckets.includes(objectStorage.bucket ?? "")
      ? [
          `${describeObject(manifest)} stores in bucket '${String(objectStorage.bucket)}', which is not in the plan. Name '${backups}'.`,
        ]
      : [];
  });
  return [...missing, ...elsewhere];
}
