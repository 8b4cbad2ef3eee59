import { CLAIMS_ANNOTATION } from "../../platform/names.ts";
import { bytes, millicores } from "../../platform/quantity.ts";
import {
  describeObject,
  type KubernetesObject,
  type Labels,
  type Requirement,
  type Toleration,
  waveOf,
} from "./kubernetes.ts";
import type { Requests } from "./pods.ts";

/** Pods that an operator or a chart makes of an object of ours: claimed, since nobody has rendered them here. */
export interface OperatedPods {
  /** `Cluster data/postgres`. */
  readonly by: string;
  readonly namespace: string;
  readonly name: string;
  readonly labels: Labels;
  /** Ports that others connect to. */
  readonly ports: readonly number[];
  readonly pods: "every-node" | number;
  readonly requests: Requests;
  readonly nodeSelector: Labels;
  readonly tolerations: readonly Toleration[];
  /** No two of them stand where this label has one value. */
  readonly apart?: string;
  readonly secrets: readonly { readonly secret: string; readonly keys: readonly string[] }[];
  readonly wave: number;
}

type Amounts = Readonly<Record<string, string | number>>;

interface ClusterSpec {
  readonly instances: number;
  readonly resources?: { readonly requests?: Amounts };
  readonly managed?: { readonly roles?: readonly { readonly passwordSecret?: { readonly name: string } }[] };
  readonly affinity?: {
    readonly nodeSelector?: Labels;
    readonly tolerations?: readonly Toleration[];
    readonly podAntiAffinityType?: string;
    readonly topologyKey?: string;
  };
}

interface RabbitmqSpec {
  readonly replicas?: number;
  readonly resources?: { readonly requests?: Amounts };
  readonly tolerations?: readonly Toleration[];
  readonly affinity?: {
    readonly nodeAffinity?: {
      readonly requiredDuringSchedulingIgnoredDuringExecution?: {
        readonly nodeSelectorTerms: readonly { readonly matchExpressions?: readonly Requirement[] }[];
      };
    };
    readonly podAntiAffinity?: {
      readonly requiredDuringSchedulingIgnoredDuringExecution?: readonly { readonly topologyKey: string }[];
    };
  };
}

interface Claim {
  readonly name: string;
  readonly labels: Labels;
  readonly ports?: readonly number[];
  readonly pods: "every-node" | number;
  readonly requests: { readonly cpu: string; readonly memory: string };
  readonly secrets?: Readonly<Record<string, readonly string[]>>;
  readonly nodeSelector?: Labels;
  readonly tolerations?: readonly Toleration[];
}

const readers: Readonly<Record<string, (object: KubernetesObject) => OperatedPods[]>> = {
  "postgresql.cnpg.io/v1 Cluster": readPostgres,
  "rabbitmq.com/v1beta1 RabbitmqCluster": readRabbitmq,
  "argoproj.io/v1alpha1 Application": readApplication,
};

export function operatedPodsOf(objects: readonly KubernetesObject[]): OperatedPods[] {
  return objects.flatMap((object) => readers[`${object.apiVersion} ${object.kind}`]?.(object) ?? []);
}

const common = (object: KubernetesObject): Pick<OperatedPods, "by" | "namespace" | "name" | "wave"> => ({
  by: describeObject(object),
  namespace: object.metadata.namespace ?? "default",
  name: object.metadata.name,
  wave: waveOf(object),
});

const requestsOf = ({ cpu = 0, memory = 0 }: Amounts = {}): Requests => ({
  cpu: millicores(cpu),
  memory: bytes(memory),
  gpus: 0,
});

/** https://cloudnative-pg.io/documentation/: labels of its pods, the server's port, the instance manager's and the exporter's. */
function readPostgres(cluster: KubernetesObject): OperatedPods[] {
  const { instances, resources, affinity = {}, managed } = cluster.spec as ClusterSpec;
  const { nodeSelector = {}, tolerations = [], podAntiAffinityType, topologyKey } = affinity;
  return [
    {
      ...common(cluster),
      labels: { "cnpg.io/cluster": cluster.metadata.name, "cnpg.io/podRole": "instance" },
      ports: [5432, 8000, 9187],
      pods: instances,
      requests: requestsOf(resources?.requests),
      nodeSelector,
      tolerations,
      ...(podAntiAffinityType === "required" && { apart: topologyKey ?? "kubernetes.io/hostname" }),
      secrets: (managed?.roles ?? []).flatMap(({ passwordSecret }) =>
        passwordSecret ? [{ secret: passwordSecret.name, keys: ["username", "password"] }] : [],
      ),
    },
  ];
}

/** https://www.rabbitmq.com/kubernetes/operator/using-operator: labels and ports of its nodes. */
function readRabbitmq(cluster: KubernetesObject): OperatedPods[] {
  const { replicas = 1, resources, tolerations = [], affinity = {} } = cluster.spec as RabbitmqSpec;
  const apart = affinity.podAntiAffinity?.requiredDuringSchedulingIgnoredDuringExecution?.[0]?.topologyKey;
  return [
    {
      ...common(cluster),
      labels: { "app.kubernetes.io/name": cluster.metadata.name, "app.kubernetes.io/component": "rabbitmq" },
      ports: [5672, 15_692, 4369, 25_672],
      pods: replicas,
      requests: requestsOf(resources?.requests),
      nodeSelector: requiredLabels(affinity),
      tolerations,
      ...(apart !== undefined && { apart }),
      secrets: [],
    },
  ];
}

/** Labels that a node must have, where an affinity leaves one value of each. */
function requiredLabels({ nodeAffinity }: NonNullable<RabbitmqSpec["affinity"]>): Labels {
  const terms = nodeAffinity?.requiredDuringSchedulingIgnoredDuringExecution?.nodeSelectorTerms ?? [];
  const single = terms.flatMap(({ matchExpressions = [] }) =>
    matchExpressions.flatMap(({ key, values: [value, ...others] = [] }) =>
      value !== undefined && others.length === 0 ? [[key, value] as const] : [],
    ),
  );
  return Object.fromEntries(single);
}

function readApplication(application: KubernetesObject): OperatedPods[] {
  const { destination } = application.spec as { readonly destination: { readonly namespace?: string } };
  const claims = JSON.parse(application.metadata.annotations?.[CLAIMS_ANNOTATION] ?? "[]") as readonly Claim[];
  return claims.map(
    ({ name, labels, ports = [], pods, requests, secrets = {}, nodeSelector = {}, tolerations = [] }) => ({
      ...common(application),
      namespace: destination.namespace ?? "default",
      name,
      labels,
      ports,
      pods,
      requests: requestsOf(requests),
      nodeSelector,
      tolerations,
      secrets: Object.entries(secrets).map(([secret, keys]) => ({ secret, keys })),
    }),
  );
}
