import type { KubernetesManifest, OperatedPods } from "../../platform/operated-pods.ts";
import { PORTS } from "./facts.ts";

interface Volume {
  readonly secret?: { readonly secretName: string };
}

interface RabbitmqSpec {
  readonly replicas?: number;
  readonly resources?: { readonly requests?: OperatedPods["requests"] };
  readonly tolerations?: OperatedPods["tolerations"];
  readonly override?: {
    readonly statefulSet?: {
      readonly spec?: { readonly template?: { readonly spec?: { readonly volumes?: readonly Volume[] } } };
    };
  };
  readonly affinity?: {
    readonly nodeAffinity?: {
      readonly requiredDuringSchedulingIgnoredDuringExecution?: {
        readonly nodeSelectorTerms: readonly {
          readonly matchExpressions?: readonly {
            readonly key: string;
            readonly operator: string;
            readonly values?: readonly string[];
          }[];
        }[];
      };
    };
    readonly podAntiAffinity?: {
      readonly requiredDuringSchedulingIgnoredDuringExecution?: readonly { readonly topologyKey: string }[];
    };
  };
}

/** The pods of a RabbitmqCluster: https://www.rabbitmq.com/kubernetes/operator/using-operator, read 2026-11-22. */
export function podsOfCluster({ metadata, spec }: KubernetesManifest): OperatedPods[] {
  const { replicas = 1, resources = {}, tolerations = [], affinity = {}, override } = (spec ?? {}) as RabbitmqSpec;
  const apart = apartBy(affinity);
  return [
    {
      name: metadata.name,
      labels: { "app.kubernetes.io/name": metadata.name, "app.kubernetes.io/component": "rabbitmq" },
      ports: [PORTS.amqp, PORTS.metrics, PORTS.discovery, PORTS.cluster],
      count: replicas,
      requests: resources.requests ?? {},
      nodeSelector: requiredLabels(affinity),
      tolerations,
      ...(apart !== undefined && { apart }),
      volumes: true,
      secrets: mountedSecrets(override),
    },
  ];
}

const mountedSecrets = (override: RabbitmqSpec["override"]): OperatedPods["secrets"] =>
  (override?.statefulSet?.spec?.template?.spec?.volumes ?? []).flatMap(({ secret }) =>
    secret ? [{ secret: secret.secretName, keys: [] }] : [],
  );

const apartBy = ({ podAntiAffinity }: NonNullable<RabbitmqSpec["affinity"]>): string | undefined =>
  podAntiAffinity?.requiredDuringSchedulingIgnoredDuringExecution?.[0]?.topologyKey;

/** Labels that a node must have, where an affinity leaves one value of each. */
function requiredLabels({ nodeAffinity }: NonNullable<RabbitmqSpec["affinity"]>): Record<string, string> {
  const terms = nodeAffinity?.requiredDuringSchedulingIgnoredDuringExecution?.nodeSelectorTerms ?? [];
  const single = terms.flatMap(({ matchExpressions = [] }) =>
    matchExpressions.flatMap(({ key, operator, values: [value, ...others] = [] }) =>
      operator === "In" && value !== undefined && others.length === 0 ? [[key, value] as const] : [],
    ),
  );
  return Object.fromEntries(single);
}
