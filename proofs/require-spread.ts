import { count } from "../platform/count.ts";
import { POOL_LABEL } from "../platform/names.ts";
import { type LabelSelector, selects, type Toleration } from "../plan/model/kubernetes.ts";
import type { Plan } from "../plan/model/plan.ts";
import type { OperatedPods } from "../plan/model/operated.ts";
import type { PodSource } from "../plan/model/pods.ts";
import type { Proof } from "./proof.ts";
import { failuresOf } from "./rules.ts";

interface Spread {
  readonly topologyKey?: string;
  readonly maxSkew?: number;
  readonly whenUnsatisfiable?: string;
  readonly matchLabelKeys?: readonly string[];
  readonly labelSelector?: LabelSelector;
}

const HOST = "kubernetes.io/hostname";
const ZONE = "topology.kubernetes.io/zone";
/** The label by which each kind tells the pods of its versions apart. */
const VERSION_KEYS: Readonly<Record<string, string>> = {
  Deployment: "pod-template-hash",
  Rollout: "rollouts-pod-template-hash",
};
/** Pods that are there once, or on every node, or that end by themselves. */
const SPREAD_KINDS = new Set(["Deployment", "Rollout", "StatefulSet"]);

export const requireSpread: Proof = {
  name: "require-spread",
  claim:
    "Replicas of our workloads and of operators are spread over hosts and zones, are soon evicted from a lost node, and are drained a few at a time.",
  examine({ podSources, operatedPods, nodeGroups, objects }) {
    const zones = new Set(nodeGroups.flatMap(({ zone }) => zone ?? []));
    const ours = podSources.filter(({ addon }) => addon === undefined);
    const spread = ours.filter(({ kind, replicas }) => SPREAD_KINDS.has(kind) && replicas.max > 1);
    return {
      evidence: [`${count(spread.length, "workload")} over ${count(zones.size, "zone")}`],
      failures: [
        ...spread.flatMap((source) => spreadFailures(source, zones.size > 1 ? [HOST, ZONE] : [HOST])),
        ...spread.flatMap((source) => selectorFailures(source, podSources)),
        ...ours.filter(({ everyNode }) => !everyNode).flatMap(moveFailures),
        ...operatedPods.flatMap(operatedFailures),
        ...spread.filter(({ replicas }) => replicas.min > 1).flatMap((source) => budgetFailures(source, objects)),
      ],
    };
  },
};

function spreadFailures({ description, kind, spec }: PodSource, keys: readonly string[]): string[] {
  const constraints = (spec as { topologySpreadConstraints?: readonly Spread[] }).topologySpreadConstraints ?? [];
  const versionKey = VERSION_KEYS[kind];
  return [
    ...keys
      .filter((key) => !constraints.some(({ topologyKey, maxSkew }) => topologyKey === key && maxSkew === 1))
      .map((key) => `${description}: nothing spreads its pods by ${key} with maxSkew 1.`),
    ...constraints
      .filter(({ maxSkew }) => maxSkew !== 1)
      .map(
        ({ topologyKey = "?", maxSkew }) =>
          `${description}: its spread by ${topologyKey} has maxSkew ${String(maxSkew)}. Set 1.`,
      ),
    ...constraints
      .filter(({ matchLabelKeys = [] }) => versionKey !== undefined && !matchLabelKeys.includes(versionKey))
      .map(
        ({ topologyKey = "?" }) =>
          `${description}: the spread by ${topologyKey} counts old versions too. Match ${versionKey ?? ""}.`,
      ),
  ];
}

/** The loss of a node or a zone must leave some of the pods that an operator makes. */
function operatedFailures({
  by,
  replicas,
  apart,
  nodeSelector,
  topologySpreadConstraints = [],
}: OperatedPods): string[] {
  const keys = [apart, ...topologySpreadConstraints.map(({ topologyKey }) => topologyKey)];
  return failuresOf([
    [
      replicas.max < 2 || keys.some((key) => key === HOST || key === ZONE),
      `${by}: nothing spreads its pods. Require anti-affinity by ${HOST} or ${ZONE}, or topology spread constraints.`,
    ],
    [POOL_LABEL in nodeSelector, `${by}: its pods go to any pool. Select one by the label '${POOL_LABEL}'.`],
  ]);
}

/** A spread that counts other pods keeps its own apart from those. */
function selectorFailures({ description, namespace, labels, spec }: PodSource, all: readonly PodSource[]): string[] {
  const others = all.filter((each) => each.namespace === namespace && each.description !== description);
  return ((spec.topologySpreadConstraints ?? []) as readonly Spread[])
    .filter(
      ({ labelSelector }) =>
        !labelSelector ||
        !selects(labelSelector, labels) ||
        others.some((other) => selects(labelSelector, other.labels)),
    )
    .map(
      ({ topologyKey = "?" }) =>
        `${description}: the spread by ${topologyKey} does not count its own pods alone. Select them by their name.`,
    );
}

/** Without a toleration of its own a pod stays on a lost node for five minutes. */
const LOST = ["node.kubernetes.io/not-ready", "node.kubernetes.io/unreachable"];
const TOLERATED = [5, 300] as const;

function moveFailures({ description, spec }: PodSource): string[] {
  const tolerations = (spec.tolerations ?? []) as readonly (Toleration & { readonly tolerationSeconds?: number })[];
  const [least, most] = TOLERATED;
  return LOST.filter((key) => {
    const seconds = tolerations.find(
      (each) => each.key === key && each.effect === "NoExecute" && each.operator === "Exists",
    )?.tolerationSeconds;
    return seconds === undefined || seconds < least || seconds > most;
  }).map((key) => `${description}: its pods must tolerate ${key} for ${least} to ${most} s.`);
}

interface Budget {
  readonly selector?: LabelSelector;
  readonly maxUnavailable?: number | string;
  readonly minAvailable?: number | string;
}

/** A drain of several nodes at once must leave half of the pods. */
function budgetFailures(source: PodSource, objects: Plan["objects"]): string[] {
  const budget = objects
    .map(({ manifest }) => manifest)
    .find(
      ({ kind, metadata, spec }) =>
        kind === "PodDisruptionBudget" &&
        metadata.namespace === source.namespace &&
        selects((spec as Budget).selector ?? {}, source.labels),
    )?.spec as Budget | undefined;
  if (!budget) return [`${source.description}: no PodDisruptionBudget selects its pods.`];
  const { maxUnavailable, minAvailable } = budget;
  const most = maxUnavailable === undefined ? 0 : shareOf(maxUnavailable, source.replicas.max);
  const half = minAvailable !== undefined || most <= Math.max(1, source.replicas.max / 2);
  return half ? [] : [`${source.description}: a drain may evict ${most} of its ${source.replicas.max} pods at once.`];
}

const shareOf = (amount: number | string, of: number): number =>
  typeof amount === "number" ? amount : Math.ceil((Number.parseFloat(amount) / 100) * of);
