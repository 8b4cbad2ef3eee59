import type { PlannedObject } from "../../plan/model/plan.ts";
import type { RecordedObject, RecordedResource } from "../../plan/model/recorded.ts";
import type { Editable } from "../plans.ts";

/** One thing changed for the worse. */
export interface Mutation {
  /** What kind of damage: `maxima`. */
  readonly group: string;
  /** `50-services/deployment.application.worker.yaml: spec.template.spec.nodeSelector.workload`. */
  readonly name: string;
  readonly objects?: readonly PlannedObject[];
  readonly resources?: readonly RecordedResource[];
  /** Which of the objects is damaged. */
  readonly object?: number;
}

type Path = readonly string[];

interface Damage {
  readonly group: string;
  /** Only in objects of this kind. @default - in all */
  readonly kind?: string;
  readonly where: (path: Path, value: unknown) => boolean;
  /** The value that takes the place; undefined takes it away. */
  readonly to: (value: unknown) => unknown;
}

const isText = (value: unknown): value is string => typeof value === "string";
const isNumber = (value: unknown): value is number => typeof value === "number";
const misspell = (value: unknown): string => `${String(value)}x`;
const nextPort = (value: unknown): number => Number(value) + 1;
const last = (path: Path, ...names: string[]): boolean => names.includes(path.at(-1) ?? "");
const under = (path: Path, name: string): boolean => path.at(-2) === name;

/** Where damage of each kind can be done to objects: every place of the plan that is of the kind. */
const damages: readonly Damage[] = [
  {
    group: "selectors",
    where: (path, value) =>
      isText(value) && (under(path, "matchLabels") || (under(path, "selector") && path.length === 3)),
    to: misspell,
  },
  {
    group: "pods' labels",
    where: (path, value) =>
      isText(value) && path.join(".").includes("template.metadata.labels.") && last(path, "app.kubernetes.io/name"),
    to: misspell,
  },
  { group: "node selectors", where: (path, value) => isText(value) && under(path, "nodeSelector"), to: misspell },
  {
    group: "policies' ports",
    kind: "NetworkPolicy",
    where: (path, value) => isNumber(value) && last(path, "port"),
    to: nextPort,
  },
  {
    group: "policies' rules",
    kind: "NetworkPolicy",
    where: (path) => path.length === 3 && ["ingress", "egress"].includes(path[1] ?? ""),
    to: () => undefined,
  },
  { group: "blocks' exceptions", kind: "NetworkPolicy", where: (path) => last(path, "except"), to: () => undefined },
  { group: "container ports", where: (path, value) => isNumber(value) && last(path, "containerPort"), to: nextPort },
  {
    group: "Services' ports",
    kind: "Service",
    where: (path, value) => isNumber(value) && last(path, "port"),
    to: nextPort,
  },
  {
    group: "backends",
    where: (path, value) => path.includes("backendRefs") && last(path, "port", "name") && value !== undefined,
    to: (value) => (isNumber(value) ? value + 1 : misspell(value)),
  },
  {
    group: "hosts",
    where: (path, value) => isText(value) && (under(path, "hostnames") || under(path, "dnsNames")),
    to: misspell,
  },
  {
    group: "maxima",
    where: (path, value) => isNumber(value) && last(path, "maxReplicas", "maxReplicaCount"),
    to: (value) => Number(value) * 40,
  },
  {
    group: "requests",
    where: (path, value) => isText(value) && under(path, "requests") && path.includes("containers"),
    to: () => "900Gi",
  },
  { group: "budgets", kind: "PodDisruptionBudget", where: (path) => last(path, "maxUnavailable"), to: () => 0 },
  {
    group: "graces",
    where: (path) => last(path, "terminationGracePeriodSeconds") && path.includes("template"),
    to: () => 3,
  },
  {
    group: "images",
    where: (path, value) => isText(value) && last(path, "image") && path.includes("containers"),
    to: (value) => String(value).replace(/:[^:]+$/, ":latest"),
  },
  {
    group: "storage classes",
    where: (path, value) => isText(value) && last(path, "storageClass", "storageClassName"),
    to: misspell,
  },
  {
    group: "metric names",
    where: (path, value) => isText(value) && last(path, "expr", "query"),
    to: (value) => String(value).replace(/([a-z]\w*_\w+|slo:error_ratio:rate\w+|vllm:\w+)(?=\{)/, "$1x"),
  },
  {
    group: "queries' labels",
    where: (path, value) => isText(value) && last(path, "expr", "query"),
    to: (value) => String(value).replace(/(\w+)(?=(=~|!~|=)")/, "$1x"),
  },
  {
    group: "secret volumes",
    where: (path, value) => isText(value) && last(path, "secretName") && path.includes("volumes"),
    to: misspell,
  },
  {
    group: "secrets' sources",
    kind: "ExternalSecret",
    where: (path, value) =>
      isText(value) && (under(path, "remoteRef") || under(path, "secretStoreRef")) && !last(path, "property"),
    to: misspell,
  },
  { group: "versions", where: (path) => path.length === 1 && last(path, "apiVersion"), to: misspell },
  {
    group: "fields",
    where: (path, value) => path[0] === "spec" && path.length === 2 && value !== undefined,
    to: (value) => ({ misspelt: value }),
  },
];

function* sitesOf(path: Path, value: unknown): Generator<readonly [Path, unknown]> {
  if (path.length > 0) yield [path, value];
  if (typeof value !== "object" || value === null) return;
  for (const [key, inner] of Object.entries(value)) yield* sitesOf([...path, key], inner);
}

function put(manifest: Editable, path: Path, value: unknown): void {
  const holder = path.slice(0, -1).reduce((inner: Editable, key) => inner[key], manifest);
  const key = path.at(-1) ?? "";
  if (value !== undefined) holder[key] = value;
  else if (Array.isArray(holder)) holder.splice(Number(key), 1);
  else Reflect.deleteProperty(holder, key);
}

/** Every damage to an object that is known, but for what changes nothing. */
export function objectMutations(objects: readonly PlannedObject[]): Mutation[] {
  return damages.flatMap(({ group, kind, where, to }) =>
    objects.flatMap(({ path: file, manifest }, object) =>
      [...sitesOf([], { apiVersion: manifest.apiVersion, spec: manifest.spec })]
        .filter(([path, value]) => (kind === undefined || manifest.kind === kind) && where(path, value))
        .flatMap(([path, value]) => {
          const copy = structuredClone(manifest);
          put(copy, path, to(value));
          if (JSON.stringify(copy) === JSON.stringify(manifest)) return [];
          const damaged = objects.map((each, index) => (index === object ? { path: file, manifest: copy } : each));
          return [{ group, name: `${file}: ${path.join(".")}`, objects: damaged, object }];
        }),
    ),
  );
}

/** Damage to cloud resources: fewer nodes, nodes without their label, and what is named elsewhere and gone here. */
export function resourceMutations(resources: readonly RecordedResource[]): Mutation[] {
  const edit = (resource: RecordedResource, inputs: RecordedObject): RecordedResource[] =>
    resources.map((each) => (each === resource ? { ...each, inputs: { ...each.inputs, ...inputs } } : each));
  return resources.flatMap((resource) => {
    const { type, name, inputs } = resource;
    const without = resources.filter((each) => each !== resource);
    const found: [string, readonly RecordedResource[]][] = [];
    if (type.endsWith(":NodeGroup") && name.startsWith("application-eu")) {
      found.push(["nodes' labels", edit(resource, { labels: { workload: "other" } })]);
    }
    if (type.endsWith(":NodeGroup") && name.startsWith("data")) {
      found.push(["nodes' taints", edit(resource, { taints: [{ key: "other", value: "x", effect: "NO_SCHEDULE" }] })]);
    }
    if (type.endsWith(":StorageClass")) found.push(["classes", without]);
    if (type.endsWith(":Zone")) found.push(["zones", edit(resource, { name: "example.com" })]);
    if (type.endsWith("secret:Secret")) found.push(["stored secrets", without]);
    if (type.endsWith(":Instance") && !("replicateSourceDb" in inputs)) {
      found.push(["database classes", edit(resource, { instanceClass: "db.t4g.medium" })]);
    }
    return found.map(([group, damaged]) => ({ group, name: `${type} ${name}`, resources: damaged }));
  });
}
