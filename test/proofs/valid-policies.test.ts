import { validPolicies } from "../../proofs/valid-policies.ts";
import { testProof } from "./damage.ts";

testProof(validPolicies, [
  [
    "every pod of a namespace",
    "NetworkPolicy",
    "valkey",
    ({ spec }) => (spec.podSelector = {}),
    /opens every pod of its namespace/,
  ],
  [
    "what it is about that it opens",
    "NetworkPolicy",
    "valkey",
    ({ spec }) => delete spec.policyTypes,
    /covers only what it opens/,
  ],
  ["everyone", "NetworkPolicy", "valkey", ({ spec }) => delete spec.ingress[0].from, /opens ports to everyone/],
  ["every port", "NetworkPolicy", "valkey", ({ spec }) => delete spec.egress[0].ports, /opens every port/],
  [
    "peers of any namespace",
    "NetworkPolicy",
    "valkey",
    ({ spec }) => (spec.ingress[0].from[0].namespaceSelector = {}),
    /not selected by kubernetes.io/,
  ],
  [
    "peers of whatever namespace it is in",
    "NetworkPolicy",
    "valkey",
    ({ spec }) => delete spec.ingress[0].from[0].namespaceSelector,
    /not selected by kubernetes.io/,
  ],
  [
    "every pod of a peer's namespace",
    "NetworkPolicy",
    "valkey",
    ({ spec }) => delete spec.ingress[0].from[0].podSelector,
    /a peer is every pod of a namespace/,
  ],
]);
