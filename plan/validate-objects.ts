import { bundledSchemas, type Cause, createValidator, type Judgement, type Validator } from "kubeconform-wasm";
import { apiServer } from "./api-server.ts";
import { type AppliedObject, appliedObjects } from "./model/applied.ts";
import { describeObject, type KubernetesObject, type Labels } from "./model/kubernetes.ts";
import type { Finding, Plan } from "./model/plan.ts";

/** A validator that knows Kubernetes' own kinds and those of k8s/crds, for written YAML and kinds that the API server's code leaves out. */
export async function startValidator(): Promise<Validator> {
  const [validator, schemas] = await Promise.all([createValidator(), bundledSchemas()]);
  for (const set of schemas) validator.addSchemas(set);
  return validator;
}

let schemas: Promise<Validator> | undefined;
const schemaValidator = (): Promise<Validator> => (schemas ??= startValidator());

interface JudgedObject {
  readonly applied: AppliedObject;
  readonly by: "API server" | "JSON schema" | "unjudged";
  readonly failures: readonly string[];
}

/** Asks the API server's own code about every object that we render, and about those that add-ons' sources render. */
export async function validateObjects(plan: Pick<Plan, "objects" | "addons" | "kubernetesVersion">): Promise<Finding> {
  const objects = appliedObjects(plan).filter(isWhole);
  const judgements = await apiServer().judge(
    objects.map(({ object }) => withoutNotes(object)),
    { namespaces: namespacesOf(objects.map(({ object }) => object)) },
  );
  const judged = await Promise.all(objects.map((each, index) => completed(each, judgements[index])));
  return {
    proof: "valid-objects",
    claim: "The API server accepts every object, and its pods.",
    evidence: evidenceOf(judged, plan.kubernetesVersion),
    failures: judged.flatMap(({ applied: { object, addon }, failures }) =>
      failures.map(
        (failure) => `${addon === undefined ? "" : `add-on ${addon}: `}${describeObject(object)}: ${failure}`,
      ),
    ),
  };
}

/** Records leave out contents of ConfigMaps and Secrets, and schemas of definitions. */
const isWhole = ({ object, addon }: AppliedObject): boolean =>
  addon === undefined || !["ConfigMap", "CustomResourceDefinition", "Secret"].includes(object.kind);

/** A recorded object without the addresses that were found in the texts left out of it. */
function withoutNotes(object: KubernetesObject & { readonly addresses?: unknown }): object {
  const { addresses, ...manifest } = object;
  return manifest;
}

function namespacesOf(objects: readonly KubernetesObject[]): Record<string, Labels> {
  const found = objects.filter(({ kind, apiVersion }) => kind === "Namespace" && apiVersion === "v1");
  return Object.fromEntries(found.map(({ metadata: { name, labels = {} } }) => [name, labels]));
}

/** What the API server's code found, or a JSON schema where that code leaves the kind out. */
async function completed(applied: AppliedObject, judgement: Judgement | undefined): Promise<JudgedObject> {
  if (!judgement) throw new Error(`${describeObject(applied.object)} was not judged.`);
  const { status, causes, apply = [], pods = [], podSecurity } = judgement;
  const found = [...causes, ...apply, ...pods].map(messageOf);
  if (podSecurity !== undefined) found.push(podSecurity);
  if (status !== "unknown") return { applied, by: "API server", failures: found };
  const messages = await schemaMessages(applied.object);
  // What an add-on makes for itself may be of a kind that nothing here uses.
  if (!messages && applied.addon !== undefined) return { applied, by: "unjudged", failures: found };
  const unknown = [`no kind ${applied.object.kind} in ${applied.object.apiVersion}. Add its definition to k8s/crds.`];
  return { applied, by: "JSON schema", failures: [...(messages ?? unknown), ...found] };
}

/** Undefined for a kind that has no schema here. */
async function schemaMessages(object: KubernetesObject): Promise<readonly string[] | undefined> {
  const [verdict] = (await schemaValidator()).validate(JSON.stringify(withoutNotes(object)));
  const { messages = ["no verdict"] } = verdict ?? {};
  return /^could not find schema/.test(messages[0] ?? "") ? undefined : messages;
}

/** As `kubectl` prints it: the field, and what is wrong with it. */
const messageOf = ({ field, message }: Cause): string => (field === "" ? message : `${field}: ${message}`);

function evidenceOf(judged: readonly JudgedObject[], kubernetesVersion: string): string[] {
  const by = (whom: JudgedObject["by"]): JudgedObject[] => judged.filter((each) => each.by === whom);
  const kinds = (some: readonly JudgedObject[]): string =>
    [...new Set(some.map(({ applied }) => applied.object.kind))].toSorted().join(", ");
  const own = apiServer().kubernetesVersion;
  const [bySchema, unjudged] = [by("JSON schema"), by("unjudged")];
  const recorded = judged.filter(({ applied }) => applied.addon !== undefined).length;
  return [
    `${judged.length} objects of ${new Set(judged.map(({ applied }) => applied.object.kind)).size} kinds, ${recorded} of them add-ons'; ` +
      `${by("API server").length} judged by the code of Kubernetes ${own}`,
    ...(kubernetesVersion === own
      ? []
      : [`This environment runs Kubernetes ${kubernetesVersion}; the code is of ${own}.`]),
    ...(bySchema.length > 0 ? [`${bySchema.length} by JSON schema alone: ${kinds(bySchema)}`] : []),
    ...(unjudged.length > 0
      ? [`${unjudged.length} of kinds without a definition in k8s/crds: ${kinds(unjudged)}`]
      : []),
  ];
}
