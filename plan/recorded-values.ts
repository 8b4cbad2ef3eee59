import { FIRST_POOL } from "../platform/pools.ts";
import type { NodeGroup } from "./model/nodes.ts";
import type { Plan } from "./model/plan.ts";
import type { PodSource } from "./model/pods.ts";
import { isObject, type Recorded, type RecordedResource, textOf } from "./model/recorded.ts";
import type { RecordedValue } from "./model/safety.ts";
import { listed, listedLabels, listedNodes, listedTaints, REPLICAS_OF, sumOf } from "./declared.ts";

/** What was recorded and rendered of what an environment declares, as far as it is the same on every cloud. */
export function sharedValues(
  resources: readonly RecordedResource[],
  { nodeGroups, retiringNodes }: Pick<Plan, "nodeGroups" | "retiringNodes">,
  podSources: readonly PodSource[],
): RecordedValue[] {
  // LKE's first node is no pool of the environment.
  const declared = nodeGroups.filter(({ pool }) => pool !== FIRST_POOL);
  return [
    ...poolValues(declared),
    ...retiringValues(retiringNodes),
    ...replicaValues(podSources),
    ...resources.flatMap(gitopsValues),
  ];
}

const valuesOf = (resource: string, values: Readonly<Record<string, string | number | undefined>>): RecordedValue[] =>
  Object.entries(values).flatMap(([key, value]) =>
    value === undefined ? [] : [{ key, resource, value: String(value) }],
  );

function poolValues(nodeGroups: readonly NodeGroup[]): RecordedValue[] {
  return [...new Set(nodeGroups.map(({ pool }) => pool))].flatMap((pool) => {
    const groups = nodeGroups.filter((group) => group.pool === pool);
    return [
      ...valuesOf(`Nodes of pool ${pool}`, {
        [`pools.${pool}.nodes`]: `${sumOf(groups, "min")} to ${sumOf(groups, "max")}`,
        [`pools.${pool}.spot`]: sumOf(
          groups.filter(({ spot }) => spot),
          "max",
        ),
        [`pools.${pool}.zones`]: listed(groups.flatMap(({ zone }) => zone ?? [])),
      }),
      ...groups.flatMap((group) => valuesOf(`Nodes of pool ${pool}`, groupValues(group))),
    ];
  });
}

const retiringValues = (retiring: readonly NodeGroup[]): RecordedValue[] =>
  [...new Set(retiring.map(({ pool }) => pool))].flatMap((pool) => {
    const groups = retiring.filter((group) => group.pool === pool);
    return valuesOf(`Retiring nodes of pool ${pool}`, { [`pools.${pool}.retiring`]: listedNodes(groups) });
  });

const groupValues = ({
  pool,
  spot,
  machines,
  labels,
  taints,
}: NodeGroup): Readonly<Record<string, string | undefined>> => ({
  [`pools.${pool}.dedicated`]: listedTaints(taints),
  [`pools.${pool}.${spot ? "spot " : ""}labels`]: listedLabels(labels),
  [`pools.${pool}.${spot ? "spot " : ""}needs`]: machines.length > 0 ? listed(machines) : undefined,
});

/** Jobs and what canaries add are not counted: an autoscaler or a workload sets replicas. */
function replicaValues(podSources: readonly PodSource[]): RecordedValue[] {
  return podSources.flatMap(({ addon, namespace, name, kind, description, replicas }) => {
    const what = REPLICAS_OF[namespace];
    if (addon !== undefined || what === undefined || kind === "Job" || kind === "CronJob") return [];
    return valuesOf(description, { [`${what}.${name}.replicas`]: `${replicas.min} to ${replicas.max}` });
  });
}

/** Applications that the program itself makes: the root one. */
function gitopsValues({ type, name, inputs }: RecordedResource): RecordedValue[] {
  const values = inputs["values"];
  const applications =
    type === "kubernetes:helm.sh/v3:Release" && isObject(values) ? values["applications"] : undefined;
  if (!isObject(applications)) return [];
  return Object.values(applications)
    .filter(isObject)
    .flatMap((application) =>
      valuesOf(`Release '${name}'`, {
        "gitops.repository": textIn(application, "source", "repoURL"),
        "gitops.branch": textIn(application, "source", "targetRevision"),
        "gitops.automaticSync": String(
          isObject(application["syncPolicy"]) && isObject(application["syncPolicy"]["automated"]),
        ),
      }),
    );
}

function textIn(object: Readonly<Record<string, Recorded>>, key: string, inner: string): string {
  const part = object[key];
  return isObject(part) ? textOf(part[inner]) : "undefined";
}
