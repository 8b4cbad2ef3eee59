import { readFileSync } from "node:fs";
import { parse } from "yaml";
import type { Plan } from "../../plan/model/plan.ts";
import { type Client, eventually, type KubeObject } from "../cluster/client.ts";
import { customResourceDefinitions } from "../cluster/cluster.ts";
import type { NodeCluster } from "./nodes.ts";

/** Third-party software as pods. */
export interface Operator {
  /** Archives of its images. */
  readonly images: readonly string[];
  /** In the order in which they are applied, before the plan's. */
  readonly objects: readonly object[];
}

interface Installation {
  /** Files of YAML documents in the software's own source. */
  readonly files: readonly string[];
  readonly namespace: string;
  /** Labels of its pods besides those of the file. @default - none */
  readonly labels?: Readonly<Record<string, string>>;
}

/**
 * What manifests of third-party software install, in a namespace. Definitions that the project has stay the project's, and images
 * are not pulled: the nodes have them.
 */
export function readInstallation({ files, namespace, labels = {} }: Installation): KubeObject[] {
  const ours = customResourceDefinitions().map(({ metadata }) => `\n  name: ${metadata.name}\n`);
  const objects = files
    .map((file) => readFileSync(file, "utf8"))
    .join("\n---\n")
    .replaceAll("namespace: default\n", `namespace: ${namespace}\n`)
    .split(/^---$/m)
    // A definition takes seconds to parse.
    .filter((text) => text.trim() !== "" && !ours.some((name) => text.includes(name)))
    .map((text) => parse(text) as KubeObject);
  const own = { apiVersion: "v1", kind: "Namespace", metadata: { name: namespace } };
  return [own, ...objects.map((object) => installed(object, namespace, labels))];
}

/**
 * What an add-on's source renders for a plan, as it is recorded, with definitions from files of the software's own source: a record
 * keeps no schemas.
 */
export function recordedInstallation(plan: Plan, name: string, definitions: readonly string[]): KubeObject[] {
  const addon = plan.addons.find((each) => each.name === name);
  if (!addon) throw new Error(`The plan has no add-on '${name}'.`);
  const { namespace } = addon;
  const objects = addon.objects.filter(({ kind }) => kind !== "CustomResourceDefinition") as readonly KubeObject[];
  return [
    ...readInstallation({ files: definitions, namespace }),
    ...objects.map((object) => installed(withoutNotes(object), namespace, {})),
  ];
}

/** Without what a record says of contents that it leaves out. */
function withoutNotes({ keys: _, addresses: __, ...object }: KubeObject): KubeObject {
  return object;
}

const isOfCluster = ({ kind }: KubeObject): boolean =>
  /^(Cluster|CustomResource|APIService|ValidatingWebhook|MutatingWebhook)/.test(kind);

function installed(object: KubeObject, namespace: string, labels: Readonly<Record<string, string>>): KubeObject {
  const placed = isOfCluster(object) ? object : { ...object, metadata: { namespace, ...object.metadata } };
  if (object.kind !== "Deployment") return placed;
  const { template } = object["spec"];
  const containers = template.spec.containers.map((each: object) => ({ ...each, imagePullPolicy: "IfNotPresent" }));
  return {
    ...placed,
    spec: {
      ...object["spec"],
      template: {
        metadata: { ...template.metadata, labels: { ...template.metadata.labels, ...labels } },
        spec: { ...template.spec, containers },
      },
    },
  };
}

/** Applies an operator once its kinds are served: one that looks for them when it starts, and misses them, leaves them out for good. */
export async function installOperator(cluster: NodeCluster, { objects }: Operator): Promise<void> {
  const definitions = (objects as readonly KubeObject[]).filter(({ kind }) => kind === "CustomResourceDefinition");
  await cluster.apply(definitions);
  for (const definition of definitions) {
    const { metadata } = definition;
    await eventually(`${metadata.name} to be served`, () => isServed(cluster.client, definition), { seconds: 120 });
  }
  await cluster.apply(objects);
}

/** True, or undefined. */
async function isServed(client: Client, { spec }: KubeObject): Promise<true | undefined> {
  for (const version of spec.versions.filter(({ served }: { served: boolean }) => served)) {
    const { body } = await client.call(`/apis/${spec.group}/${version.name}`);
    const resources = (body["resources"] ?? []) as readonly { readonly name: string }[];
    if (!resources.some(({ name }) => name === spec.names.plural)) return undefined;
  }
  return true;
}

/** The image that a container of an installation runs. */
export function imageIn(objects: readonly KubeObject[], deployment: string): string {
  const found = objects.find(({ kind, metadata }) => kind === "Deployment" && metadata.name === deployment);
  const [container] = found?.["spec"].template.spec.containers ?? [];
  if (!container) throw new Error(`The installation has no Deployment '${deployment}'.`);
  return container.image as string;
}
