import { requireSpread } from "../../proofs/require-spread.ts";
import { pod, testProof } from "./damage.ts";

testProof(requireSpread, [
  [
    "minutes on a lost node",
    "Deployment",
    "worker",
    (manifest) => (pod(manifest).tolerations[0].tolerationSeconds = 3000),
    /must tolerate .* for 5 to 300 s/,
  ],
  [
    "no toleration of a lost node",
    "Rollout",
    "api",
    (manifest) => (pod(manifest).tolerations = []),
    /must tolerate node.kubernetes.io\/not-ready/,
  ],
  [
    "a budget of everything",
    "PodDisruptionBudget",
    "api",
    ({ spec }) => (spec.maxUnavailable = "100%"),
    /may evict 20 of its 20 pods/,
  ],
  [
    "a budget of other pods",
    "PodDisruptionBudget",
    "worker",
    ({ spec }) => (spec.selector.matchLabels = { app: "x" }),
    /no PodDisruptionBudget selects/,
  ],
  [
    "no spread",
    "Deployment",
    "worker",
    (manifest) => delete pod(manifest).topologySpreadConstraints,
    /nothing keeps its pods apart by topology/,
  ],
  [
    "a spread by zone alone",
    "Deployment",
    "worker",
    (manifest) => pod(manifest).topologySpreadConstraints.splice(1),
    /apart by kubernetes.io\/hostname/,
  ],
  [
    "a skew of two",
    "Rollout",
    "api",
    (manifest) => (pod(manifest).topologySpreadConstraints[0].maxSkew = 2),
    /with maxSkew 1/,
  ],
  [
    "versions counted together",
    "Rollout",
    "api",
    (manifest) => delete pod(manifest).topologySpreadConstraints[0].matchLabelKeys,
    /counts old versions too/,
  ],
  [
    "a Rollout's pods told apart as a Deployment's",
    "Rollout",
    "api",
    (manifest) => (pod(manifest).topologySpreadConstraints[0].matchLabelKeys = ["pod-template-hash"]),
    /Match rollouts-pod-template-hash/,
  ],
]);
