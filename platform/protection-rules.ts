import { cloudFacts } from "./clouds.ts";
import type { Fault } from "./faults.ts";
import type { Parts, Rule } from "./rule.ts";

const BECAUSE = "'protect' is true, and the loss of a single one would end the service";

/** A protected environment survives the loss of a zone, a node, a replica, the primary of its database or a part of its control plane. */
export const nothingProtectedIsSingle: Rule = (parts) => {
  if (!parts.protect) return [];
  return [
    ...countsOf(parts)
      .filter(([, count]) => count !== undefined && count < 2)
      .map(([path, value]) => ({ path, value, rule: `must be at least 2: ${BECAUSE}. Raise it.` })),
    ...zoneFaults(parts),
    ...databaseFaults(parts),
    ...controlPlaneFaults(parts),
  ];
};

/** How many there are at least, by path. */
function countsOf({
  cloud,
  pools = {},
  services = {},
  models = [],
}: Parts): [path: string, count: number | undefined][] {
  return [
    ...Object.entries(pools).flatMap(([name, { nodes, zones }]): [string, number | undefined][] => [
      [`pools.${name}.nodes.min`, nodes.min],
      [`pools.${name}.zones`, cloudFacts[cloud].zones ? zones?.length : undefined],
    ]),
    ...Object.entries(services).map(([name, { replicas }]): [string, number | undefined] => [
      `services.${name}.replicas.min`,
      replicas?.min,
    ]),
    ...models.map(({ hosted }, index): [string, number | undefined] => [
      `models.${index}.hosted.replicas.min`,
      hosted?.replicas.min,
    ]),
  ];
}

function zoneFaults({ zones }: Parts): Fault[] {
  if (zones?.length !== 1) return [];
  return [{ path: "zones", value: zones, rule: `must name at least 2 zones: ${BECAUSE}. Add one.` }];
}

function databaseFaults({ database }: Parts): Fault[] {
  if (!database || database.standby) return [];
  return [{ path: "database.standby", value: database.standby, rule: `must be true: ${BECAUSE}. Set it.` }];
}

function controlPlaneFaults({ kubernetes }: Parts): Fault[] {
  if (kubernetes?.highAvailability !== false) return [];
  return [{ path: "kubernetes.highAvailability", value: false, rule: `must be true: ${BECAUSE}. Leave it out.` }];
}
