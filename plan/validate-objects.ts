import { bundledSchemas, type Cause, createValidator, kubernetesVersion, type Validator } from "kubeconform-wasm";
import type { Answer, Answers } from "./answers.ts";
import { apiServer } from "./api-server.ts";
import { type AppliedObject, appliedObjects } from "./model/applied.ts";
import { describeObject, type KubernetesObject, type Labels, namespaceOf } from "./model/kubernetes.ts";
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

/**
 * Asks the API server's own code about every object that we render, and about those that add-ons' sources render.
 * @param known - answers of earlier runs, to which this one adds its own. @default - asks about every object
 */
export async function validateObjects(
  plan: Pick<Plan, "objects" | "addons" | "kubernetesVersion">,
  known?: Answers,
): Promise<Finding> {
  const objects = appliedObjects(plan).filter(isWhole);
  const answers = await answersFor(objects, known);
  const judged = objects.map((applied, index) => judgedBy(applied, answers[index]));
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

/** Answers in the order of the objects. The code is asked about those that are not known, all at once. */
async function answersFor(objects: readonly AppliedObject[], known?: Answers): Promise<(Answer | undefined)[]> {
  const namespaces = namespacesOf(objects.map(({ object }) => object));
  const asked = objects.map(({ object }) => {
    const question = questionOf(object, namespaces);
    return { object, question, kept: known?.find(question) };
  });
  const fresh = asked.filter(({ kept }) => !kept);
  const manifests = fresh.map(({ object }) => withoutNotes(object));
  const judgements = fresh.length === 0 ? [] : await apiServer().judge(manifests, { namespaces });
  const answers = new Map<string, Answer>();
  for (const [index, { object, question }] of fresh.entries()) {
    const judgement = judgements[index];
    if (!judgement) throw new Error(`${describeObject(object)} was not judged.`);
    const schema = judgement.status === "unknown" ? await schemaMessages(object) : undefined;
    answers.set(question, schema ? { judgement, schema } : { judgement });
  }
  known?.keep(answers);
  return asked.map(({ question, kept }) => kept ?? answers.get(question));
}

/** Everything that an answer depends on, except the code. */
function questionOf(object: KubernetesObject, namespaces: Readonly<Record<string, Labels>>): string {
  return JSON.stringify([namespaces[namespaceOf(object)] ?? {}, withoutNotes(object)]);
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
  const found = objects.filter(
    ({ kind, apiVersion, ...rest }) => kind === "Namespace" && apiVersion === "v1" && "metadata" in rest,
  );
  return Object.fromEntries(found.map(({ metadata: { name, labels = {} } }) => [name, labels]));
}

/** What the API server's code found, or a JSON schema where that code leaves the kind out. */
function judgedBy(applied: AppliedObject, answer: Answer | undefined): JudgedObject {
  if (!answer) throw new Error(`${describeObject(applied.object)} was not judged.`);
  const { judgement, schema } = answer;
  const { status, causes, apply = [], pods = [], podSecurity } = judgement;
  const found = [...causes, ...apply, ...pods].map(messageOf);
  if (podSecurity !== undefined) found.push(podSecurity);
  if (status !== "unknown") return { applied, by: "API server", failures: found };
  if (schema) return { applied, by: "JSON schema", failures: [...schema, ...found] };
  // What an add-on makes for itself may be of a kind that nothing here uses.
  if (applied.addon !== undefined) return { applied, by: "unjudged", failures: found };
  const { kind, apiVersion } = applied.object;
  return {
    applied,
    by: "JSON schema",
    failures: [`no kind ${kind} in ${apiVersion}. Add its definition to k8s/crds.`, ...found],
  };
}

/** Undefined for a kind that has no schema here. */
async function schemaMessages(object: KubernetesObject): Promise<readonly string[] | undefined> {
  const [verdict] = (await schemaValidator()).validate(JSON.stringify(withoutNotes(object)));
  const { messages = ["no verdict"] } = verdict ?? {};
  return /^could not find schema/.test(messages[0] ?? "") ? undefined : messages;
}

/** As `kubectl` prints it: the field, and what is wrong with it. */
const messageOf = ({ field, message }: Cause): string => (field === "" ? message : `${field}: ${message}`);

function evidenceOf(judged: readonly JudgedObject[], version: string): string[] {
  const by = (whom: JudgedObject["by"]): JudgedObject[] => judged.filter((each) => each.by === whom);
  const kinds = (some: readonly JudgedObject[]): string =>
    [...new Set(some.map(({ applied }) => applied.object.kind))].toSorted().join(", ");
  const [bySchema, unjudged] = [by("JSON schema"), by("unjudged")];
  const recorded = judged.filter(({ applied }) => applied.addon !== undefined).length;
  return [
    `${judged.length} objects of ${new Set(judged.map(({ applied }) => applied.object.kind)).size} kinds, ${recorded} of them add-ons'; ` +
      `${by("API server").length} judged by the code of Kubernetes ${kubernetesVersion}`,
    ...(version === kubernetesVersion
      ? []
      : [`This environment runs Kubernetes ${version}; the code is of ${kubernetesVersion}.`]),
    ...(bySchema.length > 0 ? [`${bySchema.length} by JSON schema alone: ${kinds(bySchema)}`] : []),
    ...(unjudged.length > 0
      ? [`${unjudged.length} of kinds without a definition in k8s/crds: ${kinds(unjudged)}`]
      : []),
  ];
}
