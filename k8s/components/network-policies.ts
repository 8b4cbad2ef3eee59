import { type Party, partyName, type Pods } from "../../platform/connections.ts";
import { hostedModels } from "../../platform/inference.ts";
import { DATABASE_ROLES, migrationJob, namespaces, tenantJob, weightsJob } from "../../platform/names.ts";
import { NetworkAccess } from "../constructs/network-access.ts";
import type { Context } from "../context.ts";
import { ownNamespaces } from "./namespaces.ts";
import { peersOf } from "./peers.ts";

/** Opens the connections of add-ons' pods in the platform's namespaces. A Workload has a policy of its own. */
export function addNetworkPolicies(context: Context): void {
  const closed = new Set(ownNamespaces(context).map(({ name }) => name));
  const own = new Set(workloadsOf(context));
  const subjects = context.connections
    .flatMap(({ from, to }): Party[] => [from, to])
    .filter(
      (party): party is Pods => party.kind === "pods" && closed.has(party.namespace) && !own.has(partyName(party)),
    );
  for (const subject of new Map(subjects.map((party) => [partyName(party), party])).values()) {
    const { namespace, name, labels } = subject;
    new NetworkAccess(context.layers.namespaces, `network-${namespace}-${name}`, {
      namespace,
      name,
      selector: { matchLabels: { ...labels } },
      ...peersOf(context, subject),
    });
  }
}

/** The parties whose construct makes their policy. */
function workloadsOf({ environment, services, addons, workloads }: Context): string[] {
  const models = hostedModels(environment, addons).flatMap(({ name }) => [name, weightsJob(name)]);
  const jobs = [DATABASE_ROLES, ...services.map(migrationJob), ...services.map(tenantJob)];
  return [
    ...[...services.map(({ name }) => name), ...jobs].map((name) => `${namespaces.application}/${name}`),
    ...models.map((name) => `${namespaces.inference}/${name}`),
    ...workloads.map(({ namespace, name }) => `${namespace}/${name}`),
  ];
}
