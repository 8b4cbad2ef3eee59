import { postgresIsInCluster } from "../../platform/database.ts";
import { gpuPool, hostedModels, MODEL_PORT } from "../../platform/inference.ts";
import { namespaces } from "../../platform/names.ts";
import { bytes, cpuQuantity, millicores } from "../../platform/quantity.ts";
import { replicasIn } from "../../platform/service.ts";
import { NetworkAccess } from "../constructs/network-access.ts";
import { selectorLabels } from "../constructs/labels.ts";
import { tcp, workload } from "../constructs/network-peers.ts";
import { RoleNamespace, type RoleNamespaceProps } from "../constructs/role-namespace.ts";
import type { Context } from "./context.ts";

/** Room in the quota beyond every service at its most with a rollout under way: jobs, and a second rollout. */
const QUOTA_HEADROOM = 1.5;

/** The namespaces by role, each closed; and what Prometheus may scrape, which nothing else opens on its side. */
export function addNamespaces(context: Context): void {
  const { environment, services, cloud, layers } = context;
  const add = (name: string, props: Omit<RoleNamespaceProps, "name" | "kubernetesVersion">): void => {
    new RoleNamespace(layers.namespaces, name, { name, kubernetesVersion: environment.kubernetes.version, ...props });
  };
  add(namespaces.application, { podSecurity: "restricted", quota: applicationQuota(context) });
  const inCluster = postgresIsInCluster(environment);
  if (inCluster || environment.valkey || environment.rabbitmq) add(namespaces.data, { podSecurity: "restricted" });
  if (inCluster) add(namespaces.postgresOperator, { podSecurity: "restricted" });
  if (environment.rabbitmq) add(namespaces.rabbitmqOperator, { podSecurity: "restricted" });
  if (hostedModels(environment).length > 0) add(namespaces.inference, { podSecurity: "restricted" });
  // The plug-in shares a folder of the node with the kubelet.
  if (gpuPool(environment)) add(namespaces.devices, { podSecurity: "privileged" });
  // Istio's gateway pods bind low ports by a sysctl of the safe list, and set no seccomp profile by themselves.
  add(namespaces.gateway, { podSecurity: "baseline" });
  // Node exporters and their like need more; their add-on takes them to a namespace of their own.
  add(namespaces.observability, { podSecurity: "baseline" });
  if (cloud.backups) add(namespaces.velero, { podSecurity: "baseline" });

  new NetworkAccess(layers.namespaces, "prometheus", {
    namespace: namespaces.observability,
    name: "prometheus",
    selector: { matchLabels: selectorLabels("prometheus") },
    to: [
      ...services.map(({ name, listens }) => ({
        peers: [workload(namespaces.application, name)],
        ports: tcp(listens.metrics),
      })),
      ...hostedModels(environment).map(({ name }) => ({
        peers: [workload(namespaces.inference, name)],
        ports: tcp(MODEL_PORT),
      })),
    ],
  });
}

/** Bounds what a mistake in one service can take from the cluster, and never what the autoscalers may ask for. */
function applicationQuota({ environment, services }: Context): Record<string, string> {
  const total = { cpu: 0, memory: 0, pods: 0 };
  for (const service of services) {
    const { max } = replicasIn(environment, service);
    total.cpu += max * millicores(service.resources.requests.cpu);
    total.memory += max * bytes(service.resources.requests.memory);
    total.pods += max;
  }
  return {
    "requests.cpu": cpuQuantity(Math.ceil(total.cpu * QUOTA_HEADROOM)),
    "requests.memory": `${Math.ceil((total.memory * QUOTA_HEADROOM) / 2 ** 20)}Mi`,
    pods: String(Math.ceil(total.pods * QUOTA_HEADROOM)),
  };
}
