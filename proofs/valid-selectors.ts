import { count } from "../platform/count.ts";
import { appliedObjects } from "../plan/model/applied.ts";
import {
  describeObject,
  type KubernetesObject,
  type Labels,
  type PodTemplate,
  selects,
} from "../plan/model/kubernetes.ts";
import type { Plan } from "../plan/model/plan.ts";
import type { PodSource } from "../plan/model/pods.ts";
import { kindOf } from "../plan/model/references/read.ts";
import { type NamespaceChoice, type Selection, selectionsOf } from "../plan/model/references/selectors.ts";
import type { Proof } from "./proof.ts";

/** Something with labels, in a namespace or in none. */
interface Labelled {
  readonly kind: string;
  readonly namespace: string;
  readonly labels: Labels;
  /** Ports by name and by number; undefined where not all are known. */
  readonly ports: readonly (string | number)[] | undefined;
}

/** The cluster's DNS, which every cloud runs with this label: https://kubernetes.io/docs/tasks/administer-cluster/dns-custom-nameservers/ */
const DNS = { kind: "pods", namespace: "kube-system", labels: { "k8s-app": "kube-dns" }, ports: undefined };

/** The Service that the API server keeps for itself, labels included: pkg/controlplane/controller/kubernetesservice in v1.35.4. */
const API = {
  ...{ kind: "Service", namespace: "default", ports: ["https"] },
  labels: { component: "apiserver", provider: "kubernetes" },
};

export const validSelectors: Proof = {
  name: "valid-selectors",
  claim: "Every selector matches something: existing pods, Services or namespaces, or the object's own pods.",
  examine(plan) {
    const objects = appliedObjects(plan).map(({ object }) => object);
    const population = populationOf(plan, objects);
    const selections = objects.flatMap((object) => selectionsOf(object).map((selection) => ({ object, selection })));
    return {
      evidence: [`${count(selections.length, "selector")}, ${count(plan.podSources.length, "workload")}`],
      failures: [
        ...new Set(
          selections.flatMap(({ object, selection }) => {
            const selected = selectedBy(object, selection, population);
            return selected.length === 0
              ? [`${describeObject(object)}: ${selection.at} selects nothing in the plan. Correct its labels.`]
              : monitorFailures(object, selected);
          }),
        ),
      ],
    };
  },
};

function selectedBy(object: KubernetesObject, selection: Selection, population: readonly Labelled[]): Labelled[] {
  const { of, selector, namespaces } = selection;
  const candidates = of === "own pods" ? ownPods(object) : population.filter(({ kind }) => kind === of);
  return candidates.filter(
    ({ labels, namespace }) =>
      selects(selector, labels) && (namespace === "" || isIn(namespace, namespaces, population)),
  );
}

function isIn(namespace: string, { names, selector }: NamespaceChoice, population: readonly Labelled[]): boolean {
  if (names?.includes(namespace)) return true;
  if (!selector) return names === undefined;
  return population.some(
    ({ kind, labels }) => kind === "Namespace" && labels[NAME] === namespace && selects(selector, labels),
  );
}

/** The label that the API server puts on every namespace. */
const NAME = "kubernetes.io/metadata.name";

function populationOf(
  { podSources, operatedPods, addons, resources }: Plan,
  objects: readonly KubernetesObject[],
): Labelled[] {
  const recorded = resources
    .filter(({ type }) => type.startsWith("kubernetes:core/v1:Namespace"))
    .map(({ inputs }) => inputs as unknown as KubernetesObject);
  const claimed = addons.flatMap((addon) => addon.claimed);
  const bare = ["default", "kube-system", ...addons.map(({ namespace }) => namespace)];
  return [
    DNS,
    API,
    ...podSources.flatMap((source) =>
      labelsOf(source).map((labels) => ({
        ...{ kind: "pods", namespace: source.namespace, labels, ports: portsOf(source.spec) },
      })),
    ),
    ...[...operatedPods, ...claimed].map(({ namespace, labels }) => ({
      kind: "pods",
      namespace,
      labels,
      ports: undefined,
    })),
    ...addons
      .flatMap(({ creates }) => creates)
      .map(({ kind, namespace = "", labels = {}, nodePorts = {} }) => ({
        ...{ kind, namespace, labels, ports: Object.keys(nodePorts) },
      })),
    ...bare.map((name) => ({ kind: "Namespace", namespace: "", labels: { [NAME]: name }, ports: [] })),
    ...[...recorded, ...objects].map(labelled),
  ];
}

/** The labels of a workload's pods, with those that its controller adds. */
function labelsOf({ kind, name, labels, replicas }: PodSource): Labels[] {
  if (kind === "Job") return [{ ...labels, "batch.kubernetes.io/job-name": name, "job-name": name }];
  if (kind !== "StatefulSet") return [labels];
  return Array.from({ length: replicas.max }, (_, index) => ({
    ...labels,
    "statefulset.kubernetes.io/pod-name": `${name}-${index}`,
    "apps.kubernetes.io/pod-index": String(index),
  }));
}

const portsOf = ({ containers }: PodTemplate["spec"]): (string | number)[] =>
  containers.flatMap(({ ports = [] }) =>
    ports.flatMap(({ name, containerPort }) => [containerPort, name ?? []].flat()),
  );

function labelled(object: KubernetesObject): Labelled {
  const { metadata, spec } = object;
  const isNamespace = object.kind === "Namespace";
  const { ports = [] } = (spec ?? {}) as { readonly ports?: readonly { readonly name?: string }[] };
  return {
    kind: kindOf(object),
    namespace: metadata.namespace ?? "",
    labels: { ...metadata.labels, ...(isNamespace && { [NAME]: metadata.name }) },
    ports: object.kind === "Service" ? ports.flatMap(({ name }) => name ?? []) : [],
  };
}

interface OwnSpec {
  readonly template?: PodTemplate;
  readonly jobTemplate?: { readonly spec: { readonly template: PodTemplate } };
}

/** The pods that an object makes. */
function ownPods({ metadata, spec, kind }: KubernetesObject): Labelled[] {
  const { template, jobTemplate } = spec as OwnSpec;
  const own = template ?? jobTemplate?.spec.template;
  const labels = kind === "Pod" ? metadata.labels : own?.metadata?.labels;
  return labels ? [{ kind: "pods", namespace: metadata.namespace ?? "default", labels, ports: [] }] : [];
}

interface Scraped {
  readonly port?: string;
  /** Of a pod's container. */
  readonly portNumber?: number;
}

interface MonitorSpec {
  readonly endpoints?: readonly Scraped[];
  readonly podMetricsEndpoints?: readonly Scraped[];
}

/** A monitor scrapes ports by the names that its Services or pods give them, or by number. */
function monitorFailures(object: KubernetesObject, selected: readonly Labelled[]): string[] {
  if (object.kind !== "ServiceMonitor" && object.kind !== "PodMonitor") return [];
  const { endpoints = [], podMetricsEndpoints = [] } = object.spec as MonitorSpec;
  return [...endpoints, ...podMetricsEndpoints].flatMap(({ port: name, portNumber }: Scraped) => {
    const port = name ?? portNumber;
    return port === undefined || selected.some(({ ports }) => ports === undefined || ports.includes(port))
      ? []
      : [`${describeObject(object)}: scrapes port '${port}', which nothing that it selects has. Correct it.`];
  });
}
