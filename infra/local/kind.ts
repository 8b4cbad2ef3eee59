import { kindNodeImages } from "../../platform/catalogue/kubernetes.ts";
import type { Environment } from "../../platform/environment.ts";
import { type ResolvedPool, resolvePools } from "../../platform/pools.ts";

const ZONE = "topology.kubernetes.io/zone";

/** A configuration for `kind create cluster` that makes the nodes which a local environment declares. */
export function kindCluster(environment: Environment): object {
  const { version } = environment.kubernetes;
  const image = kindNodeImages[version];
  if (image === undefined)
    throw new Error(`No kind node image for Kubernetes ${version} in platform/catalogue/kubernetes.ts.`);
  return {
    kind: "Cluster",
    apiVersion: "kind.x-k8s.io/v1alpha4",
    name: `promptops-${environment.name}`,
    nodes: [{ role: "control-plane", image }, ...resolvePools(environment).flatMap((pool) => workers(pool, image))],
  };
}

function workers({ shares, taints }: ResolvedPool, image: string): object[] {
  const patch = {
    kind: "JoinConfiguration",
    nodeRegistration: { taints: taints.map(({ key, value, effect }) => ({ key, value, effect })) },
  };
  return shares.flatMap(({ zone, min, labels }) =>
    Array.from({ length: min }, () => ({
      role: "worker",
      image,
      labels: { ...labels, ...(zone !== undefined && { [ZONE]: zone }) },
      ...(taints.length > 0 && { kubeadmConfigPatches: [JSON.stringify(patch)] }),
    })),
  );
}
