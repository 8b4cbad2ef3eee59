import type { PodSecurity } from "../../platform/addon.ts";
import { factsOf } from "../../platform/clouds.ts";
import { hostedModels } from "../../platform/inference.ts";
import { providerOf } from "../../platform/installed-addons.ts";
import { namespaces } from "../../platform/names.ts";
import { bytes, cpuQuantity, millicores } from "../../platform/quantity.ts";
import { replicasIn } from "../../platform/replicas.ts";
import { releaseIn, surgeOf } from "../../platform/release.ts";
import { RoleNamespace } from "../constructs/role-namespace.ts";
import type { Context } from "../context.ts";

/** Room in the quota for jobs, beyond every service at its maximum during a rollout. */
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
  const all: OwnNamespace[] = [
    { name: namespaces.application, podSecurity: "restricted" },
    ...(stateful ? [{ name: namespaces.data, podSecurity: "restricted" } as const] : []),
    ...(hostedModels(environment, addons).length > 0
      ? [{ name: namespaces.inference, podSecurity: "restricted" } as const]
      : []),
    // Gateway pods bind low ports by a sysctl of the safe list, and set no seccomp profile.
    ...(providerOf(addons, "gateway") ? [{ name: namespaces.gateway, podSecurity: "baseline" } as const] : []),
    // Node exporters and the like need more: they belong into a namespace of their own.
    { name: namespaces.observability, podSecurity: "baseline" },
    ...installed.flatMap(({ addon: { namespace } }) => {
      const level = namespace.podSecurity;
      if (level === undefined) return [];
      return [{ name: namespace.name, podSecurity: typeof level === "string" ? level : level(factsOf(environment)) }];
    }),
  ];
  return [...new Map(all.map((each) => [each.name, each])).values()];
}

/** Each namespace is closed until a policy opens a connection. */
export function addNamespaces(context: Context): void {
  const { environment, layers } = context;
  for (const { name, podSecurity } of ownNamespaces(context)) {
    new RoleNamespace(layers.namespaces, name, {
      name,
      podSecurity,
      kubernetesVersion: environment.kubernetes.version,
      ...(name === namespaces.application && { quota: applicationQuota(context) }),
    });
  }
}

/** Limits what a mistake in one service can take from the cluster, but never what autoscalers and rollouts need. */
function applicationQuota({ environment, services, addons }: Context): Record<string, string> {
  const total = { cpu: 0, memory: 0, pods: 0 };
  for (const service of services) {
    const { max } = replicasIn(environment, service, addons);
    const pods = max + surgeOf(releaseIn(environment, service, addons), max);
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
