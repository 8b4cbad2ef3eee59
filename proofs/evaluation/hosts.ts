import { contains, notTheInternet, parseBlock } from "../../platform/addresses.ts";
import { appliedObjects } from "../../plan/model/applied.ts";
import { type KubernetesObject, type Labels, selects } from "../../plan/model/kubernetes.ts";
import type { Plan } from "../../plan/model/plan.ts";

/** Pods by namespace and labels, and the port of their containers. */
export interface PodsAt {
  readonly namespace: string;
  readonly labels: Labels;
  /** By number, or by the name that the containers give it. */
  readonly port: number | string;
}

/** Where a host and a port lead. */
export type Destination =
  | { readonly kind: "pods"; readonly pods: PodsAt }
  | { readonly kind: "control plane" }
  /** Programs in the network of each node. */
  | { readonly kind: "nodes"; readonly port: number }
  | { readonly kind: "internet"; readonly port: number }
  | { readonly kind: "address"; readonly address: string; readonly port: number }
  /** A name in the cluster that nothing has. */
  | { readonly kind: "nothing" };

interface ServiceSpec {
  readonly selector?: Labels;
  readonly ports?: readonly { readonly name?: string; readonly port: number; readonly targetPort?: number | string }[];
}

const DEFAULT_PORTS: Readonly<Record<string, number>> = { "http:": 80, "https:": 443 };

/** Where a URL leads; undefined for what is no URL with a port. */
export function destinationOf(url: string, plan: Plan): Destination | undefined {
  if (!URL.canParse(url)) return undefined;
  const { hostname, port, protocol } = new URL(url);
  const number = port === "" ? DEFAULT_PORTS[protocol] : Number(port);
  if (hostname === "" || number === undefined) return undefined;
  const inCluster = /^(?:.+\.)?([^.]+)\.([^.]+)\.svc(?:\.cluster\.local)?\.?$/.exec(hostname);
  if (inCluster)
    return serviceAt({ name: inCluster[1] ?? "", namespace: inCluster[2] ?? "", host: hostname, port: number }, plan);
  const block = parseBlock(`${hostname}/32`);
  if (block && notTheInternet.some((network) => contains(network, block.start))) {
    return { kind: "address", address: hostname, port: number };
  }
  return { kind: "internet", port: number };
}

interface ServicePort {
  readonly name: string;
  readonly namespace: string;
  readonly port: number;
  readonly host?: string;
}

/** Where a Service's port leads, or the pods that an add-on says answer at the host. */
export function serviceAt({ name, namespace, port, host }: ServicePort, plan: Plan): Destination {
  if (name === "kubernetes" && namespace === "default") return { kind: "control plane" };
  const service = servicesOf(plan).find(({ metadata }) => metadata.name === name && metadata.namespace === namespace);
  if (!service) return answering(host ?? "", port, plan);
  const { selector = {}, ports = [] } = service.spec as ServiceSpec;
  const found = ports.find((each) => each.port === port);
  if (!found) return { kind: "nothing" };
  return { kind: "pods", pods: { namespace, labels: selector, port: found.targetPort ?? port } };
}

function answering(host: string, port: number, { addons }: Plan): Destination {
  const found = addons
    .flatMap(({ answers }) => answers)
    .find((each) => each.port === port && each.host.startsWith(host));
  if (!found || host === "") return { kind: "nothing" };
  return { kind: "pods", pods: { ...found.pods, port } };
}

export const servicesOf = (plan: Plan): KubernetesObject[] =>
  appliedObjects(plan)
    .map(({ object }) => object)
    .filter(({ kind, apiVersion }) => kind === "Service" && apiVersion === "v1");

/** The number of a port that a pod's containers may only name; undefined where none has the name. */
export function portNumber(
  { port, ...pods }: PodsAt,
  { podSources, operatedPods, addons }: Pick<Plan, "podSources" | "operatedPods" | "addons">,
): number | undefined {
  if (typeof port === "number") return port;
  const { namespace } = pods;
  const named = podSources
    .filter((source) => isAmong(pods, source))
    .flatMap(({ spec }) => spec.containers.flatMap(({ ports = [] }) => ports));
  const operated = operatedPods.find((source) => isAmong(pods, source) && source.portNames?.[port] !== undefined);
  const scraped = addons
    .flatMap((addon) => addon.scraped)
    .find((each) => each.pods.namespace === namespace && each.name === port);
  return named.find(({ name }) => name === port)?.containerPort ?? operated?.portNames?.[port] ?? scraped?.number;
}

type Placed = Pick<PodsAt, "namespace" | "labels">;

const isAmong = ({ namespace, labels }: Placed, pods: Placed): boolean =>
  namespace === pods.namespace && selects({ matchLabels: labels }, pods.labels);

/** Pods in the network of their node have its address. */
export function onNodes(to: Destination, plan: Plan): Destination {
  if (to.kind !== "pods") return to;
  const port = portNumber(to.pods, plan);
  const behind = plan.podSources.filter((source) => isAmong(to.pods, source));
  const isHost = behind.length > 0 && behind.every(({ spec }) => spec.hostNetwork);
  return isHost && port !== undefined ? { kind: "nodes", port } : to;
}
