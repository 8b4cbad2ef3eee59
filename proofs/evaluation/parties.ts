import { internetBlocks } from "../../platform/addresses.ts";
import { IDENTITY_AGENT, type Party, type Pods } from "../../platform/connections.ts";
import { memoizeOf } from "../../platform/memoize.ts";
import { type PodSpec, selects } from "../../plan/model/kubernetes.ts";
import type { Plan } from "../../plan/model/plan.ts";
import { addressesOf, type Area, union } from "./intervals.ts";
import type { Direction, PodKind } from "./network.ts";

/** Pods of the plan. */
export interface Node extends PodKind {
  readonly name: string;
  /** In a namespace that is not ours: only connections with our pods are checked. */
  readonly guest: boolean;
}

/** Whether a node has the namespace and the labels of some pods. */
export const isBehind = (
  pods: Pick<PodKind, "namespace" | "labels">,
  node: Pick<PodKind, "namespace" | "labels">,
): boolean => pods.namespace === node.namespace && selects({ matchLabels: pods.labels }, node.labels);

/** Whether a node is what one end of a connection names. */
export const isOf = (party: Party, node: Node): boolean => party.kind === "pods" && isBehind(party, node);

/** The addresses of a party outside the cluster. */
export function areasOf(party: Party, port: number, { addresses }: Plan, direction: Direction): Area[] {
  const blocks = {
    internet: () => internetBlocks,
    anywhere: () => ["0.0.0.0/0"],
    database: () => addresses.database,
    "control plane": () => (direction === "Egress" ? addresses.controlPlane : addresses.callers),
    nodes: () => addresses.nodes,
    "identity agent": () => [`${IDENTITY_AGENT.address}/32`],
    address: () => (party.kind === "address" ? [`${party.address}/32`] : []),
    pods: () => [],
  }[party.kind]();
  return union(blocks.map(addressesOf)).map((block) => ({ addresses: block, ports: [port, port] }));
}

/** All pods of the plan: ours, those of operators, those that sources render, and those that are only claimed. */
export const nodesOf = memoizeOf((plan: Plan): readonly Node[] => {
  const namespaces = new Set(
    plan.objects.filter(({ manifest }) => manifest.kind === "Namespace").map(({ manifest }) => manifest.metadata.name),
  );
  const known: (Pods & Pick<PodKind, "ports">)[] = [...plan.podSources, ...plan.operatedPods]
    // Policies do not apply to pods in the host network.
    .filter((source) => !("spec" in source && source.spec.hostNetwork))
    .map((source) => ({
      ...{ kind: "pods", namespace: source.namespace, name: source.name, labels: source.labels },
      ports: "spec" in source ? namedPorts(source.spec) : {},
    }));
  const claimed: typeof known = plan.addons
    .flatMap((addon) => addon.claimed)
    .filter((pods) => !known.some((each) => isBehind(pods, each)));
  return [...known, ...claimed].map(({ namespace, name, labels, ports = {} }) => ({
    name: `${namespace}/${name}`,
    namespace,
    labels,
    ports,
    guest: !namespaces.has(namespace),
  }));
});

const namedPorts = ({ containers }: PodSpec): Record<string, number> =>
  Object.fromEntries(
    containers.flatMap(({ ports = [] }) =>
      ports.flatMap(({ name, containerPort }) => (name === undefined ? [] : [[name, containerPort] as const])),
    ),
  );
