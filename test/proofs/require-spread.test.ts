import { requireSpread } from "../../proofs/require-spread.ts";
import { pod, testProof } from "./damage.ts";

testProof(requireSpread, [
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
