import { count } from "../platform/count.ts";
import { podKinds, requiredAmounts, requiredLabels } from "../platform/catalogue/pod-rules.ts";
import { describeObject, type KubernetesObject, type LabelSelector, selects } from "../plan/model/kubernetes.ts";
import type { Plan } from "../plan/model/plan.ts";
import type { PodSource } from "../plan/model/pods.ts";
import { isMalformed, variablesIn } from "./evaluation/cel.ts";
import type { Proof } from "./proof.ts";

export const requireAdmission: Proof = {
  name: "require-admission",
  claim:
    "Each of our containers has requests and limits, each pod has the recommended labels, and the API server refuses other pods in their namespaces.",
  examine(plan) {
    const ours = plan.podSources.filter(({ addon }) => addon === undefined);
    const namespaces = [...new Set(ours.map(({ namespace }) => namespace))].toSorted();
    return {
      evidence: [
        `${count(ours.length, "workload")}; ${count(requiredAmounts.length, "request and limit", "requests and limits")} required per container, ${count(requiredLabels.length, "label")} per pod`,
        `enforced in ${namespaces.join(", ")}`,
      ],
      failures: [
        ...ours.flatMap(podFailures),
        ...namespaces.flatMap((name) => enforcementFailures(name, plan)),
        ...foreignNamespaces(plan, namespaces).flatMap((name) => overreachFailures(name, plan)),
        ...plan.objects.map(({ manifest }) => manifest).flatMap(expressionFailures),
      ],
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
    readonly apiVersions?: readonly string[];
    readonly operations?: readonly string[];
    readonly resources?: readonly string[];
  }[];
}

interface PolicySpec {
  readonly failurePolicy?: string;
  readonly matchConstraints?: Matching;
  readonly matchConditions?: readonly { readonly expression: string }[];
  readonly variables?: readonly { readonly name: string; readonly expression: string }[];
  readonly validations?: readonly {
    readonly expression: string;
    readonly message?: string;
    readonly messageExpression?: string;
  }[];
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
    .filter((kind) => !policies.some((policy) => sees(policy, kind)))
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

/** Namespaces of add-ons, whose pods keep other rules. */
const foreignNamespaces = ({ addons, podSources }: Plan, ours: readonly string[]): string[] =>
  [...new Set([...addons.map(({ namespace }) => namespace), ...podSources.map(({ namespace }) => namespace)])].filter(
    (name) => !ours.includes(name),
  );

/** `inference` is ours, with and without a model in it. */
function overreachFailures(namespace: string, { objects }: Plan): string[] {
  const manifests = objects.map(({ manifest }) => manifest);
  const labels = labelsOf(namespace, manifests);
  return manifests
    .filter(({ kind }) => kind === "ValidatingAdmissionPolicyBinding")
    .filter(({ spec }) => isSelected((spec as BindingSpec).matchResources ?? {}, labels))
    .map(
      (binding) =>
        `${describeObject(binding)}: refuses pods of add-ons in ${namespace}, which follow other rules. Select only the platform's namespaces.`,
    );
}

/** The API server refuses an expression that does not compile, and whoever is refused must learn why. */
function expressionFailures(policy: KubernetesObject): string[] {
  if (policy.kind !== "ValidatingAdmissionPolicy") return [];
  const { variables = [], validations = [], matchConditions = [] } = (policy.spec ?? {}) as PolicySpec;
  const expressions = [
    ...[...variables, ...matchConditions].map(({ expression }) => expression),
    ...validations.flatMap(({ expression, messageExpression }) => [expression, messageExpression ?? "''"]),
  ];
  const declared = variables.map(({ name }) => name);
  const read = expressions.flatMap(variablesIn);
  const at = describeObject(policy);
  return [
    ...expressions.filter(isMalformed).map((expression) => `${at}: '${expression}' is not CEL. Correct it.`),
    ...read
      .filter((name) => !declared.includes(name))
      .map((name) => `${at}: an expression reads the variable '${name}', which is not declared.`),
    ...declared
      .filter((name) => !read.includes(name))
      .map((name) => `${at}: no expression reads the variable '${name}'. Remove it.`),
    ...validations
      .filter(({ message, messageExpression }) => message === undefined && messageExpression === undefined)
      .map(({ expression }) => `${at}: '${expression}' has no message for those it refuses. Add one.`),
  ];
}

const sees = (
  { matchConstraints = {}, validations = [] }: PolicySpec,
  { group, version, resource }: (typeof podKinds)[number],
): boolean =>
  validations.length > 0 &&
  (matchConstraints.resourceRules ?? []).some(
    ({ apiGroups = [], apiVersions = [], operations = [], resources = [] }) =>
      has(apiGroups, group) &&
      has(apiVersions, version) &&
      has(resources, resource) &&
      (operations.includes("*") || ["CREATE", "UPDATE"].every((operation) => operations.includes(operation))),
  );

const has = (names: readonly string[], name: string): boolean => names.includes(name) || names.includes("*");
