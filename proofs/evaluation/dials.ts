import { NAME_LABEL } from "../../platform/connections.ts";
import { appliedObjects } from "../../plan/model/applied.ts";
import { describeObject, type KubernetesObject, type LabelSelector, selects } from "../../plan/model/kubernetes.ts";
import type { Plan, PlannedAddon } from "../../plan/model/plan.ts";
import type { PodSource } from "../../plan/model/pods.ts";
import { kindOf } from "../../plan/model/references/read.ts";
import { type NamespaceChoice, selectionsOf } from "../../plan/model/references/selectors.ts";
import { type Destination, destinationOf, serviceAt, servicesOf } from "./hosts.ts";
import type { PodKind } from "./network.ts";
import { callersOfApi, writersOf } from "./rbac.ts";

/** A connection that follows from an object. */
export interface Dial {
  /** The object, and what it says: `ScaledObject application/worker names http://...`. */
  readonly by: string;
  /** The pods that connect, or what calls webhooks for the Kubernetes API. */
  readonly from: PodKind | "control plane";
  readonly to: Destination;
}

/** Every connection that objects and records tell of, whatever descriptors say. */
export function dialsOf(plan: Plan): Dial[] {
  const objects = appliedObjects(plan).map(({ object }) => object);
  return [
    ...plan.podSources.flatMap((source) => podDials(source, objects, plan)),
    ...plan.addons.flatMap((addon) => kindDials(addon, objects, plan)),
    ...objects.flatMap((object) => [
      ...dataSourceDials(object, plan),
      ...webhookDials(object, plan),
      ...scrapeDials(object, plan),
      ...routeDials(object, plan),
    ]),
    ...callersOfApi(plan).map((from) => ({
      by: `${from.description} may use the Kubernetes API and`,
      from,
      to: { kind: "control plane" } as const,
    })),
  ];
}

const names = (by: string, url: string, from: Dial["from"], plan: Plan): Dial[] => {
  const to = destinationOf(url, plan);
  return to ? [{ by: `${by} names ${url} and`, from, to }] : [];
};

/** A host in the cluster with its port, in a text of any form. */
const IN_CLUSTER = /(?:([a-z]+):\/\/)?((?:[a-z0-9-]+\.)+svc(?:\.cluster\.local)?):(\d+)/g;

const hostsIn = (texts: readonly string[]): string[] =>
  texts
    .flatMap((text) => [...text.matchAll(IN_CLUSTER)])
    .map(([, scheme = "tcp", host = "", port = ""]) => `${scheme}://${host}:${port}`);

/** URLs that our programs say they call, and hosts of the cluster in arguments, variables and files of third-party pods. */
function podDials(source: PodSource, objects: readonly KubernetesObject[], plan: Plan): Dial[] {
  const { addon, spec, description } = source;
  const program = addon === undefined && plan.expected.programs.find(({ workload }) => workload === source.name);
  if (program) return calledBy(program, source).flatMap((url) => names(description, url, source, plan));
  const own = JSON.stringify(spec);
  const read = objects.filter(
    ({ kind, metadata }) =>
      kind === "ConfigMap" && metadata.namespace === source.namespace && own.includes(`"${metadata.name}"`),
  );
  const texts = spec.containers.flatMap(({ args = [], command = [], env = [] }) => [
    ...[...args, ...command],
    ...env.flatMap(({ value }) => value ?? []),
  ]);
  const urls = [
    ...hostsIn([...texts, ...read.flatMap(dataOf)]),
    ...[source.object, ...read].flatMap((object) => recordedHosts(object, source.namespace)),
  ];
  return [...new Set(urls)].flatMap((url) => names(description, url, source, plan));
}

/** A record keeps the addresses of a text, and of the others only the number of lines. */
const recordedHosts = (object: KubernetesObject, namespace: string): string[] =>
  ((object as { readonly addresses?: readonly string[] }).addresses ?? []).flatMap((address) => {
    const [, name, port] = /^([a-z][-a-z0-9]*):(\d+)$/.exec(address) ?? [];
    // A name without a dot is one of the pod's own namespace.
    return name === undefined || name === "localhost"
      ? hostsIn([address])
      : [`tcp://${name}.${namespace}.svc:${port ?? ""}`];
  });

const dataOf = (object: KubernetesObject): string[] =>
  Object.values((object as { readonly data?: Readonly<Record<string, string>> }).data ?? {});

/** Data sources that Grafana reads from labelled ConfigMaps: https://github.com/grafana/helm-charts/tree/main/charts/grafana#sidecar-for-datasources */
function dataSourceDials(object: KubernetesObject, plan: Plan): Dial[] {
  if (object.kind !== "ConfigMap" || object.metadata.labels?.["grafana_datasource"] === undefined) return [];
  const readers = [...plan.podSources, ...plan.addons.flatMap(({ claimed }) => claimed)].filter(
    ({ labels }) => labels[NAME_LABEL] === "grafana",
  );
  return hostsIn(dataOf(object)).flatMap((url) =>
    readers.flatMap((from) => names(describeObject(object), url, from, plan)),
  );
}

function calledBy(program: Plan["expected"]["programs"][number], { spec }: PodSource): readonly string[] {
  const values = (spec.containers[0]?.env ?? []).flatMap(({ name, value }) =>
    value === undefined ? [] : [[name, value]],
  );
  try {
    return program.read(Object.fromEntries(values) as Record<string, string>).dials;
  } catch {
    // valid-programs says what the program refuses.
    return [];
  }
}

/** URLs in custom resources are called by the pods of the add-on that serves the kind. Alerts only show theirs to people. */
const kindDials = (addon: PlannedAddon, objects: readonly KubernetesObject[], plan: Plan): Dial[] =>
  addon.kinds
    .filter((kind) => kind !== "monitoring.coreos.com/PrometheusRule")
    .flatMap((kind) => {
      const named = objects
        .filter((object) => kindOf(object) === kind)
        .flatMap((object) => urlsIn(object).map((url) => ({ by: describeObject(object), url })));
      const callers = named.length === 0 ? [] : callersFor(kind, addon, objects, plan);
      return named.flatMap(({ by, url }) => callers.flatMap((from) => names(by, url, from, plan)));
    });

/** The add-on's controllers: those that may write the kind, or all of its pods where none may. */
function callersFor(
  kind: string,
  { name, namespace, claimed, objects: rendered }: PlannedAddon,
  objects: readonly KubernetesObject[],
  { podSources }: Plan,
): readonly PodKind[] {
  if (rendered.length === 0) return claimed.filter((pods) => pods.namespace === namespace);
  const pods = podSources.filter(({ addon, spec }) => addon === name && !spec.hostNetwork);
  const writers = writersOf(kind, pods, objects);
  return writers.length > 0 ? writers : pods;
}

interface LocationSpec {
  readonly provider?: string;
  readonly config?: { readonly region?: string; readonly s3Url?: string };
  readonly template?: object;
}

/** What a pod template names, its pods call. */
function urlsIn({ kind, spec = {} }: KubernetesObject): string[] {
  const { provider, config, template, ...own } = spec as LocationSpec;
  const implied =
    kind === "BackupStorageLocation" && provider === "aws" && config?.s3Url === undefined
      ? [`https://s3.${config?.region ?? "us-east-1"}.amazonaws.com`]
      : [];
  const texts = textsIn({ ...own, provider, config, template: isPodTemplate(template) ? undefined : template });
  return [...implied, ...texts.filter((text) => /^[a-z][a-z+]*:\/\/[^\s]+$/.test(text))];
}

const isPodTemplate = (template: object | undefined): boolean =>
  template !== undefined && "spec" in template && "containers" in (template.spec as object);

const textsIn = (value: unknown): string[] => {
  if (typeof value === "string") return [value];
  return typeof value === "object" && value !== null ? Object.values(value).flatMap(textsIn) : [];
};

interface ServiceReference {
  readonly name: string;
  readonly namespace: string;
  readonly port?: number;
}

interface Calling {
  readonly webhooks?: readonly { readonly clientConfig: { readonly service?: ServiceReference } }[];
  readonly spec?: {
    readonly service?: ServiceReference;
    readonly conversion?: { readonly webhook?: { readonly clientConfig?: { readonly service?: ServiceReference } } };
  };
}

/** The Kubernetes API calls admission and conversion webhooks, and aggregated APIs. */
function webhookDials(object: KubernetesObject, plan: Plan): Dial[] {
  const { webhooks = [], spec } = object as Calling;
  const services = {
    MutatingWebhookConfiguration: webhooks.map(({ clientConfig }) => clientConfig.service),
    ValidatingWebhookConfiguration: webhooks.map(({ clientConfig }) => clientConfig.service),
    CustomResourceDefinition: [spec?.conversion?.webhook?.clientConfig?.service],
    APIService: [spec?.service],
  }[object.kind];
  return (services ?? []).flatMap((service): Dial[] => {
    if (!service) return [];
    const to = serviceAt({ port: 443, ...service }, plan);
    return [{ by: `${describeObject(object)} names a webhook and`, from: "control plane", to }];
  });
}

interface MonitorSpec {
  readonly selector: LabelSelector;
  readonly endpoints?: readonly { readonly port?: string }[];
  readonly podMetricsEndpoints?: readonly { readonly port?: string; readonly portNumber?: number }[];
}

/** Prometheus scrapes what monitors select. */
function scrapeDials(monitor: KubernetesObject, plan: Plan): Dial[] {
  if (monitor.kind !== "ServiceMonitor" && monitor.kind !== "PodMonitor") return [];
  const { selector, endpoints = [], podMetricsEndpoints = [] } = monitor.spec as MonitorSpec;
  const prometheus = plan.addons.flatMap(({ answers }) => answers).filter(({ capability }) => capability === "metrics");
  const namespaces = selectionsOf(monitor)[0]?.namespaces ?? {};
  const pods = [...plan.podSources, ...plan.operatedPods].filter(
    ({ namespace, labels }) => isIn(namespace, namespaces) && selects(selector, labels),
  );
  const targets = [
    ...podMetricsEndpoints.flatMap(({ portNumber = "", port = portNumber }) =>
      pods.map(({ namespace, labels }): Destination => ({ kind: "pods", pods: { namespace, labels, port } })),
    ),
    ...endpoints.flatMap(({ port }) =>
      servicesOf(plan)
        .filter(
          ({ metadata }) => isIn(metadata.namespace ?? "", namespaces) && selects(selector, metadata.labels ?? {}),
        )
        .flatMap((service) => targetsOf(service, port, plan)),
    ),
    ...endpoints.flatMap(({ port = "" }) =>
      plan.addons
        .flatMap(({ creates }) => creates)
        .filter(({ namespace = "", labels = {} }) => isIn(namespace, namespaces) && selects(selector, labels))
        .flatMap(({ nodePorts = {} }): Destination[] =>
          nodePorts[port] === undefined ? [] : [{ kind: "nodes", port: nodePorts[port] }],
        ),
    ),
  ];
  return targets.flatMap((to) =>
    prometheus.map(({ pods: from }) => ({ by: `${describeObject(monitor)} has Prometheus scrape and`, from, to })),
  );
}

const isIn = (namespace: string, { names: chosen }: NamespaceChoice): boolean => chosen?.includes(namespace) ?? true;

function targetsOf({ metadata, spec }: KubernetesObject, port: string | undefined, plan: Plan): Destination[] {
  const { ports = [] } = spec as { readonly ports?: readonly { readonly name?: string; readonly port: number }[] };
  return ports
    .filter(({ name }) => name === port)
    .map((each) => serviceAt({ name: metadata.name, namespace: metadata.namespace ?? "", port: each.port }, plan));
}

interface RouteSpec {
  readonly parentRefs?: readonly { readonly name: string; readonly namespace?: string }[];
  readonly rules?: readonly {
    readonly backendRefs?: readonly { readonly name: string; readonly namespace?: string; readonly port?: number }[];
  }[];
}

/** The pods of a Gateway send requests to the backends of its routes. They bear its name, says GEP-1762. */
function routeDials(route: KubernetesObject, plan: Plan): Dial[] {
  if (route.kind !== "HTTPRoute") return [];
  const { parentRefs = [], rules = [] } = route.spec as RouteSpec;
  const home = route.metadata.namespace ?? "default";
  return rules
    .flatMap(({ backendRefs = [] }) => backendRefs)
    .flatMap(({ name, namespace = home, port = 0 }) =>
      parentRefs.map((parent) => ({
        by: `${describeObject(route)} leads to Service ${name} and`,
        from: {
          namespace: parent.namespace ?? home,
          labels: { "gateway.networking.k8s.io/gateway-name": parent.name },
        },
        to: serviceAt({ name, namespace, port }, plan),
      })),
    );
}
