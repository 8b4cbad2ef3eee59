import { count } from "../platform/count.ts";
import { describeObject, type KubernetesObject, type LabelSelector } from "../plan/model/kubernetes.ts";
import type { Proof } from "./proof.ts";
import { failuresOf, type Rule } from "./rules.ts";

/** The label that the API server gives each namespace. */
const NAMESPACE_NAME = "kubernetes.io/metadata.name";

interface Peer {
  readonly ipBlock?: object;
  readonly namespaceSelector?: LabelSelector;
  readonly podSelector?: LabelSelector;
}

interface Access {
  readonly from?: readonly Peer[];
  readonly to?: readonly Peer[];
  readonly ports?: readonly { readonly port?: number | string; readonly protocol?: string }[];
}

interface PolicySpec {
  readonly podSelector?: LabelSelector;
  readonly policyTypes?: readonly string[];
  readonly ingress?: readonly Access[];
  readonly egress?: readonly Access[];
}

export const validPolicies: Proof = {
  name: "valid-policies",
  claim: "Every NetworkPolicy names the pods, namespaces and ports that it opens, so that later pods get no access.",
  examine({ objects }) {
    const policies = objects.map(({ manifest }) => manifest).filter(({ kind }) => kind === "NetworkPolicy");
    const accesses = policies.flatMap(accessesOf);
    return {
      evidence: [
        `${count(policies.length, "policy", "policies")}, ${count(accesses.length, "rule")} with ${count(accesses.flatMap(peersOf).length, "peer")}`,
      ],
      failures: policies.flatMap((policy) =>
        failuresOf(rulesOf(policy)).map((fault) => `${describeObject(policy)}: ${fault}`),
      ),
    };
  },
};

const accessesOf = ({ spec = {} }: KubernetesObject): Access[] => {
  const { ingress = [], egress = [] } = spec as PolicySpec;
  return [...ingress, ...egress];
};

const peersOf = ({ from = [], to = [] }: Access): Peer[] => [...from, ...to];

function rulesOf(policy: KubernetesObject): Rule[] {
  const { podSelector, policyTypes = [] } = (policy.spec ?? {}) as PolicySpec;
  const accesses = accessesOf(policy);
  return [
    [
      ["Ingress", "Egress"].every((type) => policyTypes.includes(type)),
      `covers only ${policyTypes.join(", ") || "what it opens"}. Name Ingress and Egress in policyTypes.`,
    ],
    [
      accesses.length === 0 || selectsSome(podSelector),
      "opens every pod of its namespace, and those that come later. Select pods by a label.",
    ],
    ...accesses.flatMap((access): Rule[] => [
      [peersOf(access).length > 0, "opens ports to everyone. Name the peers."],
      [
        (access.ports ?? []).length > 0 && (access.ports ?? []).every(({ port }) => port !== undefined),
        "opens every port. Name the ports.",
      ],
    ]),
    ...accesses.flatMap(peersOf).flatMap(peerRules),
  ];
}

/** Labels of namespaces are for anyone to set who may make one; the API server sets their names. */
const peerRules = ({ ipBlock, namespaceSelector, podSelector }: Peer): Rule[] => [
  [
    ipBlock !== undefined || (namespaceSelector !== undefined && namesNamespaces(namespaceSelector)),
    `a peer's namespaces are not selected by ${NAMESPACE_NAME}.`,
  ],
  [
    ipBlock !== undefined || selectsSome(podSelector),
    "a peer is every pod of a namespace, and those that come later. Select pods by a label.",
  ],
];

const selectsSome = ({ matchLabels = {}, matchExpressions = [] }: LabelSelector = {}): boolean =>
  Object.keys(matchLabels).length + matchExpressions.length > 0;

const namesNamespaces = ({ matchLabels = {}, matchExpressions = [] }: LabelSelector): boolean =>
  NAMESPACE_NAME in matchLabels ||
  matchExpressions.some(
    ({ key, operator, values = [] }) => key === NAMESPACE_NAME && operator === "In" && values.length > 0,
  );
