import { describeObject, type KubernetesObject, type LabelSelector, selects } from "../plan/model/kubernetes.ts";
import { type PodSource, scaled } from "../plan/model/pods.ts";
import type { Proof } from "./proof.ts";

interface BudgetSpec {
  readonly selector?: LabelSelector;
  readonly minAvailable?: string | number;
  readonly maxUnavailable?: string | number;
  readonly unhealthyPodEvictionPolicy?: string;
}

export const noBlockedDrain: Proof = {
  name: "no-blocked-drain",
  claim: "Every disruption budget lets a drain evict a pod while its workload runs at minimum replicas.",
  examine({ objects, podSources }) {
    const budgets = objects.map(({ manifest }) => manifest).filter(({ kind }) => kind === "PodDisruptionBudget");
    const guarded = budgets.map((budget) => ({ budget, sources: sourcesOf(budget, podSources) }));
    const failures = guarded.flatMap(({ budget, sources }) => [
      ...budgetFailures(budget, sources),
      ...unhealthyFailures(budget),
    ]);
    for (const source of podSources) {
      const over = guarded
        .filter(({ sources }) => sources.includes(source))
        .map(({ budget }) => describeObject(budget));
      // The eviction API always returns 500 for a pod with two budgets.
      if (over.length > 1)
        failures.push(
          `${source.description}: its pods are selected by ${over.join(" and ")}, but a pod may have one budget. Remove the others.`,
        );
    }
    return { evidence: guarded.map(({ budget, sources }) => describeBudget(budget, sources)), failures };
  },
};

function sourcesOf({ metadata, spec }: KubernetesObject, sources: readonly PodSource[]): PodSource[] {
  const { selector } = spec as BudgetSpec;
  return sources.filter(
    ({ namespace, labels }) => selector && namespace === metadata.namespace && selects(selector, labels),
  );
}

/** By default, a pod that never becomes ready is never evicted while others of its budget are missing. */
const unhealthyFailures = (budget: KubernetesObject): string[] =>
  (budget.spec as BudgetSpec).unhealthyPodEvictionPolicy === "AlwaysAllow"
    ? []
    : [
        `${describeObject(budget)}: a crash-looping pod blocks the drain of its node. Set unhealthyPodEvictionPolicy to AlwaysAllow.`,
      ];

function budgetFailures(budget: KubernetesObject, sources: readonly PodSource[]): string[] {
  const at = describeObject(budget);
  if (sources.length === 0) return [`${at}: selects no pod of the plan, so it protects nothing. Correct its selector.`];
  const least = sources.reduce((sum, { replicas }) => sum + replicas.min, 0);
  const allowed = allowedDisruptions(budget.spec as BudgetSpec, least);
  if (allowed >= 1) return [];
  const names = sources.map(({ description }) => description).join(", ");
  return [
    `${at}: at ${least} replicas of ${names} it allows ${allowed} evictions (${describeRule(budget.spec as BudgetSpec)}), so their nodes cannot be drained. Use maxUnavailable or raise the minimum replicas.`,
  ];
}

/** Pods that may be evicted while `expected` pods are healthy. Kubernetes rounds both percentages up. */
function allowedDisruptions({ minAvailable, maxUnavailable }: BudgetSpec, expected: number): number {
  if (maxUnavailable !== undefined) return Math.min(scaled(maxUnavailable, expected), expected);
  return expected - scaled(minAvailable ?? 1, expected);
}

const describeRule = ({ minAvailable, maxUnavailable }: BudgetSpec): string =>
  maxUnavailable === undefined
    ? `minAvailable ${String(minAvailable ?? 1)}`
    : `maxUnavailable ${String(maxUnavailable)}`;

function describeBudget(budget: KubernetesObject, sources: readonly PodSource[]): string {
  const least = sources.reduce((sum, { replicas }) => sum + replicas.min, 0);
  const allowed = allowedDisruptions(budget.spec as BudgetSpec, least);
  return `${budget.metadata.name}: ${allowed} of ${least} may be evicted (${describeRule(budget.spec as BudgetSpec)})`;
}
