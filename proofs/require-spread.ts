import type { PodSource } from "../plan/model/pods.ts";
import type { Proof } from "./proof.ts";

interface Spread {
  readonly topologyKey?: string;
  readonly maxSkew?: number;
  readonly whenUnsatisfiable?: string;
  readonly matchLabelKeys?: readonly string[];
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
  claim: "Replicas of our workloads are spread over hosts and zones, each version on its own.",
  examine({ podSources, nodeGroups }) {
    const zones = new Set(nodeGroups.flatMap(({ zone }) => zone ?? []));
    const spread = podSources.filter(
      ({ addon, kind, replicas }) => addon === undefined && SPREAD_KINDS.has(kind) && replicas.max > 1,
    );
    return {
      evidence: [`${spread.length} workloads over ${zones.size} zones`],
      failures: spread.flatMap((source) => spreadFailures(source, zones.size > 1 ? [HOST, ZONE] : [HOST])),
    };
  },
};

function spreadFailures({ description, kind, spec }: PodSource, keys: readonly string[]): string[] {
  const constraints = (spec as { topologySpreadConstraints?: readonly Spread[] }).topologySpreadConstraints ?? [];
  const versionKey = VERSION_KEYS[kind];
  return [
    ...keys
      .filter((key) => !constraints.some(({ topologyKey, maxSkew }) => topologyKey === key && maxSkew === 1))
      .map((key) => `${description}: nothing keeps its pods apart by ${key} with maxSkew 1.`),
    ...constraints
      .filter(({ matchLabelKeys = [] }) => versionKey !== undefined && !matchLabelKeys.includes(versionKey))
      .map(
        ({ topologyKey = "?" }) =>
          `${description}: the spread by ${topologyKey} counts old versions too. Match ${versionKey ?? ""}.`,
      ),
  ];
}
