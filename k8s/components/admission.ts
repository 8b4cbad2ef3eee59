import { ApiObject } from "cdk8s";
import {
  type ImageRule,
  imageRules,
  podKinds,
  requiredAmounts,
  requiredLabels,
} from "../../platform/catalogue/pod-rules.ts";
import { groupBy } from "../../platform/group-by.ts";
import { ADMISSION, admissionNamespaces } from "../../platform/names.ts";
import type { Context } from "../context.ts";

const apiVersion = "admissionregistration.k8s.io/v1";

interface Validation {
  /** CEL: true for what is admitted. */
  readonly expression: string;
  readonly messageExpression: string;
}

/** The rules for pods in namespaces that have only our pods: the API server refuses any other pod. */
export function addAdmission({ layers }: Context): void {
  new ApiObject(layers.namespaces, "pod-rules", {
    apiVersion,
    kind: "ValidatingAdmissionPolicy",
    metadata: { name: ADMISSION },
    spec: {
      // The API server evaluates it without a webhook, so nothing can be down. An expression that fails is our own mistake.
      failurePolicy: "Fail",
      matchConstraints: { resourceRules: [...workloadRules(), ephemeralRule] },
      // Controllers remove finalizers of pods that were admitted before a rule was there.
      matchConditions: [
        {
          name: "spec-changes",
          expression: "request.operation == 'CREATE' || dyn(object).spec != dyn(oldObject).spec",
        },
      ],
      variables: [
        { name: "pod", expression: podExpression() },
        { name: "containers", expression: listOf("containers", "initContainers") },
        { name: "withImages", expression: `variables.containers + ${listOf("ephemeralContainers")}` },
        {
          name: "labels",
          expression:
            "has(variables.pod.metadata) && has(variables.pod.metadata.labels) ? variables.pod.metadata.labels : {}",
        },
      ],
      validations: [
        ...imageRules.map(imageValidation),
        ...requiredAmounts.map(amountValidation),
        ...requiredLabels.map(labelValidation),
      ],
    },
  });
  new ApiObject(layers.namespaces, "pod-rules-binding", {
    apiVersion,
    kind: "ValidatingAdmissionPolicyBinding",
    metadata: { name: ADMISSION },
    spec: {
      policyName: ADMISSION,
      validationActions: ["Deny"],
      matchResources: {
        namespaceSelector: {
          matchExpressions: [{ key: "kubernetes.io/metadata.name", operator: "In", values: [...admissionNamespaces] }],
        },
      },
    },
  });
}

const workloadRules = (): object[] =>
  [...groupBy(podKinds, ({ group, version }) => `${group}/${version}`).values()].map((kinds) => ({
    apiGroups: [kinds[0]?.group],
    apiVersions: [kinds[0]?.version],
    operations: ["CREATE", "UPDATE"],
    resources: kinds.map(({ resource }) => resource),
  }));

/** What `kubectl debug` adds to a pod that runs. */
const ephemeralRule = {
  apiGroups: [""],
  apiVersions: ["v1"],
  operations: ["UPDATE"],
  resources: ["pods/ephemeralcontainers"],
};

/** The pod, or the template of what makes pods. */
const podExpression = (): string =>
  podKinds.reduceRight(
    (otherwise, { kind, template }) =>
      `object.kind == '${kind}' ? dyn(object)${template === "" ? "" : `.${template}`} : ${otherwise}`,
    "dyn({})",
  );

const listOf = (...fields: readonly string[]): string =>
  fields.map((field) => `(has(variables.pod.spec.${field}) ? variables.pod.spec.${field} : [])`).join(" + ");

/** Names the first container that breaks a rule. */
const eachContainer = (list: string, rule: string, message: (container: string) => string): Validation => ({
  expression: `${list}.all(c, ${rule})`,
  messageExpression: message(`${list}.filter(c, !(${rule}))[0]`),
});

function imageValidation({ matches, wanted = true, fault }: ImageRule): Validation {
  const image = (container: string): string => `(has(${container}.image) ? ${container}.image : '')`;
  const rule = `${wanted ? "" : "!"}${image("c")}.matches(${quote(matches)})`;
  return eachContainer(
    "variables.withImages",
    rule,
    (c) => `'container ' + ${c}.name + ': image \\'' + ${image(c)} + ${quote(`' ${fault}`)}`,
  );
}

function amountValidation({ kind, resource }: (typeof requiredAmounts)[number]): Validation {
  const rule = `has(c.resources) && has(c.resources.${kind}) && ${quote(resource)} in c.resources.${kind}`;
  return eachContainer(
    "variables.containers",
    rule,
    (c) => `'container ' + ${c}.name + ${quote(`: resources.${kind}.${resource} is not set. Set it.`)}`,
  );
}

const labelValidation = (label: string): Validation => ({
  expression: `${quote(label)} in variables.labels`,
  messageExpression: quote(`the pod has no label ${label}. Add it.`),
});

const quote = (text: string): string => `'${text.replaceAll("\\", "\\\\").replaceAll("'", "\\'")}'`;
