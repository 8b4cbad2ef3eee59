import type { KubernetesManifest, OperatedPods } from "../../platform/operated-pods.ts";
import { HOST_LABEL } from "../../platform/placement.ts";
import { DATABASE_PORT } from "../../platform/database.ts";
import { PORTS } from "./facts.ts";

interface ClusterSpec {
  readonly instances: number;
  readonly resources?: { readonly requests?: OperatedPods["requests"] };
  readonly managed?: { readonly roles?: readonly { readonly passwordSecret?: { readonly name: string } }[] };
  readonly affinity?: {
    readonly nodeSelector?: OperatedPods["nodeSelector"];
    readonly tolerations?: OperatedPods["tolerations"];
    readonly podAntiAffinityType?: string;
    readonly topologyKey?: string;
  };
}

/** The pods of a Cluster: https://cloudnative-pg.io/documentation/1.30/labels_annotations/, read 2026-11-22. */
export function podsOfCluster({ metadata, spec }: KubernetesManifest): OperatedPods[] {
  const { instances, resources, affinity = {}, managed } = spec as ClusterSpec;
  const { nodeSelector = {}, tolerations = [], podAntiAffinityType, topologyKey } = affinity;
  return [
    {
      name: metadata.name,
      labels: { "cnpg.io/cluster": metadata.name, "cnpg.io/podRole": "instance" },
      ports: [DATABASE_PORT, PORTS.status, PORTS.metrics],
      count: instances,
      requests: resources?.requests ?? {},
      nodeSelector,
      tolerations,
      volumes: true,
      ...(podAntiAffinityType === "required" && { apart: topologyKey ?? HOST_LABEL }),
      secrets: (managed?.roles ?? []).flatMap(({ passwordSecret }) =>
        passwordSecret ? [{ secret: passwordSecret.name, keys: ["username", "password"] }] : [],
      ),
    },
  ];
}
