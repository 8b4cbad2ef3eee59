import type { DataPlace, Effects, OpenConnection, WorkloadSize } from "../../plan/model/effects.ts";
import { describeObject, type KubernetesObject, type PodSpec } from "../../plan/model/kubernetes.ts";
import type { Plan } from "../../plan/model/plan.ts";
import { referencesOf } from "../../plan/model/references/read.ts";
import { groupBy } from "../../platform/group-by.ts";
import { bytes, millicores } from "../../platform/quantity.ts";
import { costsOf } from "./costs.ts";
import { permissionsOf } from "./permissions.ts";
import { connectivity } from "../require-connectivity.ts";

/** What a plan brings about, for comparison with another. The order is stable. */
export const effectsOf = (plan: Plan): Effects => ({
  ...costEffects(plan),
  connections: sorted(connectivity(plan).filter(({ allowed, protocol }) => allowed && protocol !== "UDP")).map(
    openConnection,
  ),
  permissions: sorted(permissionsOf(plan)),
  workloads: sorted([
    ...plan.podSources.map(sizeOf),
    ...plan.operatedPods.map(({ by, replicas, requests }): WorkloadSize => ({
      ...{ name: by, replicas, requests },
      limits: {},
    })),
  ]),
  data: sorted([
    ...plan.safety.holders.map(({ name, fixed }) => ({ name, fixed })),
    ...plan.objects.flatMap(({ manifest }) => volumesOf(manifest)),
  ]),
});

function costEffects(plan: Plan): Pick<Effects, "costs" | "unpriced"> {
  const { lines, unpriced } = costsOf(plan);
  return { costs: lines, unpriced: unpriced.map(({ resource, reason }) => `${resource}: ${reason}`) };
}

/** Sorted by content, each once. */
function sorted<Row extends object>(rows: readonly Row[]): Row[] {
  const byText = groupBy(rows, (row) => JSON.stringify(row));
  return [...byText].toSorted(([one], [other]) => (one < other ? -1 : 1)).flatMap(([, [row]]) => row ?? []);
}

function openConnection({ from, to, ports }: { from: string; to: string; ports: string }): OpenConnection {
  const [firstPort = 0, lastPort = firstPort] = ports.split("-").map(Number);
  return { from, to, firstPort, lastPort };
}

const sizeOf = ({ description, replicas, requests, spec }: Plan["podSources"][number]): WorkloadSize => ({
  ...{ name: description, replicas, requests },
  limits: { ...limitOf(spec, "cpu", millicores), ...limitOf(spec, "memory", bytes) },
});

/** A pod has a limit when each of its containers has one. */
function limitOf<Name extends "cpu" | "memory">(
  { containers }: PodSpec,
  name: Name,
  read: (amount: string | number) => number,
): { readonly [Key in Name]?: number } {
  const limits = containers.flatMap(({ resources }) => resources?.limits?.[name] ?? []);
  if (limits.length < containers.length) return {};
  return { [name]: limits.map(read).reduce((sum, limit) => sum + limit, 0) } as { [Key in Name]: number };
}

/** Whatever names a StorageClass has volumes, and another class makes new ones. */
function volumesOf(object: KubernetesObject): DataPlace[] {
  const classes = referencesOf(object).filter(({ kind }) => kind === "StorageClass");
  if (classes.length === 0) return [];
  return [{ name: describeObject(object), fixed: Object.fromEntries(classes.map(({ at, name }) => [at, name])) }];
}
