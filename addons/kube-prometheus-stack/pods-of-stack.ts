import type { KubernetesManifest, OperatedPods } from "../../platform/operated-pods.ts";
import { bytes, cpuQuantity, millicores } from "../../platform/quantity.ts";
import { PORTS, reloader } from "./facts.ts";

/** What Prometheus and Alertmanager have in common. */
interface ServerSpec {
  readonly replicas: number;
  readonly resources: { readonly requests?: OperatedPods["requests"] };
  readonly nodeSelector: OperatedPods["nodeSelector"];
  readonly tolerations: OperatedPods["tolerations"];
  readonly topologySpreadConstraints: NonNullable<OperatedPods["topologySpreadConstraints"]>;
  readonly affinity: {
    readonly podAntiAffinity?: {
      readonly requiredDuringSchedulingIgnoredDuringExecution?: readonly { readonly topologyKey: string }[];
    };
  };
  readonly configSecret?: string;
  readonly secrets: readonly string[];
}

const DEFAULTS: ServerSpec = {
  replicas: 1,
  resources: {},
  nodeSelector: {},
  tolerations: [],
  topologySpreadConstraints: [],
  affinity: {},
  secrets: [],
};

type PodsOf = (object: KubernetesManifest) => OperatedPods[];

/** https://github.com/prometheus-operator/prometheus-operator/blob/v0.93.1/pkg/prometheus/common.go */
export const podsOfPrometheus: PodsOf = (object) => [
  {
    ...podsOf(object, "prometheus"),
    labels: { ...labelsOf(object, "prometheus"), "operator.prometheus.io/name": object.metadata.name },
    ports: [PORTS.prometheus, PORTS.reloader],
    volumes: true,
  },
];

/** https://github.com/prometheus-operator/prometheus-operator/blob/v0.93.1/pkg/alertmanager/statefulset.go */
export const podsOfAlertmanager: PodsOf = (object) => [
  {
    ...podsOf(object, "alertmanager"),
    labels: { ...labelsOf(object, "alertmanager"), alertmanager: object.metadata.name },
    ports: [PORTS.alertmanager, PORTS.gossip, PORTS.reloader],
  },
];

const labelsOf = ({ metadata }: KubernetesManifest, name: string): Record<string, string> => ({
  "app.kubernetes.io/name": name,
  "app.kubernetes.io/managed-by": "prometheus-operator",
  "app.kubernetes.io/instance": metadata.name,
});

function podsOf({ spec }: KubernetesManifest, name: string): Omit<OperatedPods, "labels" | "ports"> {
  const server: ServerSpec = { ...DEFAULTS, ...(spec as Partial<ServerSpec> | undefined) };
  const { nodeSelector, tolerations, topologySpreadConstraints, affinity, configSecret, secrets } = server;
  const apart = affinity.podAntiAffinity?.requiredDuringSchedulingIgnoredDuringExecution?.[0]?.topologyKey;
  return {
    name,
    portNames: { "reloader-web": PORTS.reloader },
    count: server.replicas,
    requests: withReloader(server.resources.requests ?? {}),
    ...{ nodeSelector, tolerations, topologySpreadConstraints },
    ...(apart !== undefined && { apart }),
    secrets: [...(configSecret === undefined ? [] : [configSecret]), ...secrets].map((secret) => ({
      secret,
      keys: [],
    })),
  };
}

const withReloader = ({ cpu = 0, memory = 0 }: OperatedPods["requests"]): OperatedPods["requests"] => ({
  cpu: cpuQuantity(millicores(cpu) + millicores(reloader.requests.cpu)),
  memory: bytes(memory) + bytes(reloader.requests.memory),
});
