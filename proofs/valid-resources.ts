import { count } from "../platform/count.ts";
import { type RecordedResource, textOf, urnsIn } from "../plan/model/recorded.ts";
import type { Proof } from "./proof.ts";

export const validResources: Proof = {
  name: "valid-resources",
  claim: "Every resource that another one names is in the plan, and the cloud accepts the declared inputs.",
  examine({ resources, safety, unreadable, expected }) {
    const urns = new Set(resources.map(({ urn }) => urn));
    const references = resources.flatMap((resource) =>
      [...new Set([...urnsIn(resource.inputs), ...(resource.provider === undefined ? [] : [resource.provider])])].map(
        (urn) => ({ resource, urn }),
      ),
    );
    return {
      evidence: [`${count(references.length, "reference")} between ${count(resources.length, "resource")}`],
      failures: [
        ...references.filter(({ urn }) => !urns.has(urn)).map(({ resource, urn }) => danglingFailure(resource, urn)),
        ...resources.flatMap(kindFailures),
        ...resources.flatMap(nameFailures),
        ...(expected.cloud.provisioned ? providerFailures(resources) : []),
        ...safety.faults,
        ...unreadable.map((reason) => `${reason} Declare it.`),
      ],
    };
  },
};

const danglingFailure = ({ type, name }: RecordedResource, urn: string): string =>
  `${type.split(":").at(-1) ?? type} '${name}' takes an output of '${urn.split("::").at(-1) ?? urn}', which is not in the plan. Declare it.`;

/** Pulumi takes a Kubernetes object for what its type says, and the API server for what its kind says. */
function kindFailures({ type, name, inputs }: RecordedResource): string[] {
  const [, group = "", kind] = /^kubernetes:([^:]+):(\w+)$/.exec(type) ?? [];
  if (kind === undefined || !("kind" in inputs || "apiVersion" in inputs)) return [];
  const apiVersion = group.replace(/^core\//, "");
  return inputs["kind"] === kind && inputs["apiVersion"] === apiVersion
    ? []
    : [
        `${kind} '${name}' is declared as ${textOf(inputs["apiVersion"])} ${textOf(inputs["kind"])}. Write ${apiVersion} ${kind}.`,
      ];
}

/** Pulumi gives an object without a name one that changes with each replacement, and others know it by its own. */
function nameFailures({ type, name, inputs }: RecordedResource): string[] {
  if (!/^kubernetes:(?!helm)/.test(type)) return [];
  const { metadata, roleRef } = inputs as Readonly<
    Record<string, { readonly name?: string; readonly apiGroup?: string }>
  >;
  const kind = type.split(":").at(-1) ?? type;
  return [
    ...(metadata?.name === undefined ? [`${kind} '${name}' has no name of its own. Set metadata.name.`] : []),
    ...(roleRef && roleRef.apiGroup !== "rbac.authorization.k8s.io"
      ? [`${kind} '${name}' names a role of no API group. Set roleRef.apiGroup.`]
      : []),
  ];
}

/** Objects go to the cluster that the program makes, not to the cluster of the user who runs the program. */
function providerFailures(resources: readonly RecordedResource[]): string[] {
  const providers = resources.filter(({ type }) => type === "pulumi:providers:kubernetes");
  return providers.some(({ inputs }) => urnsIn(inputs["kubeconfig"]).length > 0)
    ? []
    : ["No Kubernetes provider takes its kubeconfig from the cluster of the plan. Declare one."];
}
