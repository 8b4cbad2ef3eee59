import type { PodSecurity } from "../../platform/addon.ts";
import { hostedModels } from "../../platform/inference.ts";
import { providerOf } from "../../platform/installed-addons.ts";
import { namespaces } from "../../platform/names.ts";
import { podSecurityLevels } from "../../platform/pod-security.ts";
import { bytes, cpuQuantity, millicores } from "../../platform/quantity.ts";
import { replicasIn } from "../../platform/replicas.ts";
import { releaseIn, surgeOf } from "../../platform/release.ts";
import { RoleNamespace } from "../constructs/role-namespace.ts";
import type { Context } from "../context.ts";

/** Room in the quota beyond every service at its maximum during a rollout, with its jobs: for what an operator starts. */
const QUOTA_HEADROOM = 1.25;

interface OwnNamespace {
  readonly name: string;
  readonly podSecurity: PodSecurity;
}

/** The namespaces that the platform makes: one per role, and those of its add-ons. */
export function ownNamespaces({ environment, installed, addons }: Context): OwnNamespace[] {
  const stateful = addons.some(({ namespace, pods = {} }) =>
    [namespace.name, ...Object.values(pods).map((group) => group.namespace)].includes(namespaces.data),
  );
  const names = [
    namespaces.application,
    ...(stateful ? [namespaces.data] : []),
    ...(hostedModels(environment, addons).length > 0 ? [namespaces.inference] : []),
    ...(providerOf(addons, "gateway") ? [namespaces.gateway] : []),
    namespaces.observability,
    ...addons.flatMap(({ namespace }) => (namespace.podSecurity === undefined ? [] : [namespace.name])),
  ];
  const levels = podSecurityLevels(environment, installed);
  return [...new Set(names)].map((name) => ({ name, podSecurity: levels.get(name) ?? "restricted" }));
}

/** Each namespace is closed until a policy opens a connection. */
export function addNamespaces(context: Context): void {
  const { environment, layers } = context;
  for (const { name, podSecurity } of ownNamespaces(context)) {
    new RoleNamespace(layers.namespaces, name, {
      name,
      podSecurity,
      kubernetesVersion: environment.kubernetes.version,
      // The size of workloads that another repository adds is not known here.
      ...(name === namespaces.application && context.workloads.length === 0 && { quota: applicationQuota(context) }),
    });
  }
}

/** Limits what a mistake in one service can take from the cluster, but never what autoscalers and rollouts need. */
function applicationQuota({ environment, services, addons }: Context): Record<string, string> {
  const total = { cpu: 0, memory: 0, pods: 0 };
  for (const service of services) {
    const { max } = replicasIn(environment, service, addons);
    const jobs = Object.keys(service.commands ?? {}).length;
    const pods = max + surgeOf(releaseIn(environment, service, addons), max) + jobs;
    total.cpu += pods * millicores(service.resources.requests.cpu);
    total.memory += pods * bytes(service.resources.requests.memory);
    total.pods += pods;
  }
  return {
    "requests.cpu": cpuQuantity(Math.ceil(total.cpu * QUOTA_HEADROOM)),
    "requests.memory": `${Math.ceil((total.memory * QUOTA_HEADROOM) / 2 ** 20)}Mi`,
    pods: String(Math.ceil(total.pods * QUOTA_HEADROOM)),
  };
}
