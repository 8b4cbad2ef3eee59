import { podKinds, requiredAmounts, requiredLabels } from "../platform/catalogue/pod-rules.ts";
import { type KubernetesObject, type LabelSelector, selects } from "../plan/model/kubernetes.ts";
import type { Plan } from "../plan/model/plan.ts";
import type { PodSource } from "../plan/model/pods.ts";
import type { Proof } from "./proof.ts";

export const requireAdmission: Proof = {
  name: "require-admission",
  claim:
    "Each of our containers has requests and limits, each pod the recommended labels, and the API server refuses other pods in their namespaces.",
  examine(plan) {
    const ours = plan.podSources.filter(({ addon }) => addon === undefined);
    const namespaces = [...new Set(ours.map(({ namespace }) => namespace))].toSorted();
    return {
      evidence: [
        `${ours.length} workloads, ${requiredAmounts.length} amounts per container, ${requiredLabels.length} labels`,
        `enforced in ${namespaces.join(", ")}`,
      ],
      failures: [...ours.flatMap(podFailures), ...namespaces.flatMap((name) => enforcementFailures(name, plan))],
    };
  },
};

const podFailures = ({ description, labels, spec }: PodSource): string[] => [
  ...[...(spec.initContainers ?? []), ...spec.containers].flatMap(({ name, resources }) =>
    requiredAmounts
      .filter(({ kind, resource }) => resources?.[kind]?.[resource] === undefined)
      .map(
        ({ kind, resource }) => `${description}: container ${name}: resources.${kind}.${resource} is not set. Set it.`,
      ),
  ),
  ...requiredLabels
    .filter((label) => labels[label] === undefined)
    .map((label) => `${description}: its pods have no label ${label}. Add it.`),
];

interface Matching {
  readonly namespaceSelector?: LabelSelector;
  readonly objectSelector?: LabelSelector;
  readonly resourceRules?: readonly {
    readonly apiGroups?: readonly string[];
    readonly operations?: readonly string[];
    readonly resources?: readonly string[];
  }[];
}

interface PolicySpec {
  readonly failurePolicy?: string;
  readonly matchConstraints?: Matching;
  readonly validations?: readonly object[];
}

interface BindingSpec {
  readonly policyName: string;
  readonly validationActions: readonly string[];
  readonly matchResources?: Matching;
}

/** A policy must be bound to the namespace, deny, and see everything that makes pods there. */
function enforcementFailures(namespace: string, { objects }: Plan): string[] {
  const manifests = objects.map(({ manifest }) => manifest);
  const labels = labelsOf(namespace, manifests);
  const bound = manifests
    .filter(({ kind }) => kind === "ValidatingAdmissionPolicyBinding")
    .map(({ spec }) => spec as BindingSpec)
    .filter(({ validationActions }) => validationActions.includes("Deny"))
    .filter(({ matchResources = {} }) => isSelected(matchResources, labels));
  const policies = manifests
    .filter(
      ({ kind, metadata }) =>
        kind === "ValidatingAdmissionPolicy" && bound.some(({ policyName }) => policyName === metadata.name),
    )
    .map(({ spec }) => spec as PolicySpec)
    .filter(({ failurePolicy = "Fail" }) => failurePolicy === "Fail")
    .filter(({ matchConstraints = {} }) => isSelected(matchConstraints, labels));
  return podKinds
    .filter(({ group, resource }) => !policies.some((policy) => sees(policy, group, resource)))
    .map(
      ({ kind }) =>
        `Namespace ${namespace}: no ValidatingAdmissionPolicy is bound to it that denies a ${kind}. Bind one that does.`,
    );
}

const isSelected = (
  { namespaceSelector = {}, objectSelector }: Matching,
  labels: Readonly<Record<string, string>>,
): boolean => selects(namespaceSelector, labels) && Object.keys(objectSelector ?? {}).length === 0;

/** The API server labels every namespace with its name. */
const labelsOf = (name: string, manifests: readonly KubernetesObject[]): Record<string, string> => ({
  ...manifests.find(({ kind, metadata }) => kind === "Namespace" && metadata.name === name)?.metadata.labels,
  "kubernetes.io/metadata.name": name,
});

const sees = ({ matchConstraints = {}, validations = [] }: PolicySpec, group: string, resource: string): boolean =>
  validations.length > 0 &&
  (matchConstraints.resourceRules ?? []).some(
    ({ apiGroups = [], operations = [], resources = [] }) =>
      has(apiGroups, group) &&
      has(resources, resource) &&
      (operations.includes("*") || ["CREATE", "UPDATE"].every((operation) => operations.includes(operation))),
  );

const has = (names: readonly string[], name: string): boolean => names.includes(name) || names.includes("*");
