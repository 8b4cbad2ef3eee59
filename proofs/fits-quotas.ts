import { count } from "../platform/count.ts";
import { formatBytes, formatMillicores, parseQuantity } from "../platform/quantity.ts";
import { type AppliedObject, appliedObjects } from "../plan/model/applied.ts";
import { describeObject, type KubernetesObject, namespaceOf } from "../plan/model/kubernetes.ts";
import type { Plan } from "../plan/model/plan.ts";
import type { PodSource, Requests } from "../plan/model/pods.ts";
import {
  type Aspect,
  brokenLimits,
  containerAmounts,
  type LimitRangeItem,
  podAmount,
  type Quantities,
} from "./evaluation/pod-amounts.ts";
import type { Proof } from "./proof.ts";

interface QuotaSpec {
  readonly hard?: Quantities;
  readonly scopes?: readonly string[];
  readonly scopeSelector?: { readonly matchExpressions?: readonly ScopeRequirement[] };
}

interface ScopeRequirement {
  readonly scopeName: string;
  readonly operator: string;
  readonly values?: readonly string[];
}

export const fitsQuotas: Proof = {
  name: "fits-quotas",
  claim: "All pods at maximum replicas, during a rollout, fit the quotas and limit ranges of their namespaces.",
  examine(plan) {
    const applied = appliedObjects(plan);
    const quotas = applied.filter(({ object }) => object.kind === "ResourceQuota").map(({ object }) => object);
    const ranges = applied.filter(({ object }) => object.kind === "LimitRange").map(({ object }) => object);
    const examined = quotas.map((quota) => examineQuota(quota, plan, applied, itemsOf(ranges, namespaceOf(quota))));
    return {
      evidence: [...examined.flatMap(({ evidence }) => evidence), count(ranges.length, "limit range")],
      failures: [
        ...examined.flatMap(({ failures }) => failures),
        ...plan.podSources.flatMap((source) => brokenRanges(source, ranges)),
      ],
    };
  },
};

const itemsOf = (ranges: readonly KubernetesObject[], namespace: string): LimitRangeItem[] =>
  ranges
    .filter((range) => namespaceOf(range) === namespace)
    .flatMap(({ spec }) => (spec as { limits?: readonly LimitRangeItem[] }).limits ?? []);

/** Pods of a source at its maximum, while a new version rolls out. */
function podsOf({ everyNode, replicas, surge }: PodSource, { nodeGroups }: Plan): number {
  return everyNode ? nodeGroups.reduce((sum, { max }) => sum + max, 0) : replicas.max + surge;
}

function examineQuota(
  quota: KubernetesObject,
  plan: Plan,
  applied: readonly AppliedObject[],
  items: readonly LimitRangeItem[],
): ReturnType<Proof["examine"]> {
  const { hard = {}, ...scope } = quota.spec as QuotaSpec;
  const name = describeObject(quota);
  const namespace = namespaceOf(quota);
  const sources = plan.podSources.filter((source) => source.namespace === namespace && isInScope(source, scope));
  const objects = applied.map(({ object }) => object).filter(({ metadata }) => metadata.namespace === namespace);
  const counted = Object.entries(hard).flatMap(([key, quantity]) => {
    const used = usage(key, { sources, items, objects, plan, namespace });
    return used === undefined ? [] : [{ key, used: Number(used.toFixed(6)), most: parseQuantity(quantity) }];
  });
  const unspecified = sources.flatMap((source) => missingAmounts(source, Object.keys(hard), items));
  const exceeded = counted.filter(({ used, most }) => used > most);
  return {
    evidence: [
      `${name}: ${counted.map(({ key, used, most }) => `${key} ${show(key, used)} of ${show(key, most)}`).join(", ")}`,
    ],
    failures: [
      ...unspecified.map((failure) => `${failure}, and ${name} refuses such pods. Set it.`),
      ...exceeded.map(
        ({ key, used, most }) =>
          `${name} allows ${key} ${show(key, most)}, but at maximum replicas during a rollout it is ${show(key, used)}. Raise the quota, or lower the replicas.`,
      ),
    ],
  };
}

function show(key: string, amount: number): string {
  if (key.endsWith("cpu")) return formatMillicores(Math.round(amount * 1000));
  return /memory|storage/.test(key) ? formatBytes(amount) : String(amount);
}

interface Counted {
  readonly sources: readonly PodSource[];
  readonly items: readonly LimitRangeItem[];
  readonly objects: readonly KubernetesObject[];
  readonly plan: Plan;
  readonly namespace: string;
}

/** Keys that count objects, and whether an object counts. */
const objectCounts: Readonly<Record<string, (object: KubernetesObject) => boolean>> = {
  configmaps: ({ kind }) => kind === "ConfigMap",
  persistentvolumeclaims: ({ kind }) => kind === "PersistentVolumeClaim",
  resourcequotas: ({ kind }) => kind === "ResourceQuota",
  secrets: ({ kind }) => kind === "Secret",
  services: ({ kind }) => kind === "Service",
  "services.loadbalancers": ({ kind, spec }) => kind === "Service" && typeOf(spec) === "LoadBalancer",
  "services.nodeports": ({ kind, spec }) => kind === "Service" && ["LoadBalancer", "NodePort"].includes(typeOf(spec)),
};

const typeOf = (spec: unknown): string => (spec as { type?: string } | undefined)?.type ?? "ClusterIP";

/** What is used of a quota's key, as far as a plan tells; undefined where it does not. */
function usage(key: string, counted: Counted): number | undefined {
  const name = key.replace(/^count\//, "");
  const counts = objectCounts[name];
  if (counts) return counted.objects.filter(counts).length;
  if (name === "pods")
    return podUsage(
      counted,
      () => 1,
      () => 1,
    );
  const compute = computeOf(key);
  if (!compute) return undefined;
  const [aspect, resource] = compute;
  return podUsage(
    counted,
    ({ spec }) => podAmount(spec, (container) => containerAmounts(container, counted.items)[aspect], resource),
    ({ requests }) => (aspect === "requests" ? (operatedAmounts(requests)[resource] ?? 0) : 0),
  );
}

/** Pods that operators make have no limits that a plan tells. */
const operatedAmounts = ({ cpu, memory, gpus }: Requests): Readonly<Record<string, number>> => ({
  cpu: cpu / 1000,
  memory,
  "nvidia.com/gpu": gpus,
});

function podUsage(
  { sources, plan, namespace }: Counted,
  ofSource: (source: PodSource) => number,
  ofOperated: (pods: Plan["operatedPods"][number]) => number,
): number {
  const operated = plan.operatedPods.filter((each) => each.namespace === namespace);
  return (
    sources.reduce((sum, source) => sum + podsOf(source, plan) * ofSource(source), 0) +
    operated.reduce((sum, each) => sum + each.replicas.max * ofOperated(each), 0)
  );
}

const UNPREFIXED = ["cpu", "memory", "ephemeral-storage"];

/** Which amount of a pod a key counts: `requests.cpu`, which is also written `cpu`. */
function computeOf(key: string): readonly [Aspect, string] | undefined {
  const [, aspect, resource] = /^(requests|limits)\.(.+)$/.exec(key) ?? [];
  // Storage is asked for by claims.
  if (resource === "storage") return undefined;
  if (resource !== undefined) return [aspect as Aspect, resource];
  return UNPREFIXED.includes(key) || key.startsWith("hugepages-") ? ["requests", key] : undefined;
}

/** A quota on CPU or memory refuses a pod with a container that does not say how much it takes. */
function missingAmounts(
  { description, spec }: PodSource,
  keys: readonly string[],
  items: readonly LimitRangeItem[],
): string[] {
  return keys.flatMap((key) => {
    const [aspect, resource] = computeOf(key) ?? [];
    if (aspect === undefined || !["cpu", "memory"].includes(resource ?? "")) return [];
    const missing = [...(spec.initContainers ?? []), ...spec.containers]
      .map((container) => containerAmounts(container, items))
      .filter((amounts) => amounts[aspect][resource ?? ""] === undefined);
    return missing.length === 0
      ? []
      : [`${description}: ${key} is not specified for ${missing.map(({ name }) => name).join(", ")}`];
  });
}

function isInScope(source: PodSource, { scopes = [], scopeSelector }: Omit<QuotaSpec, "hard">): boolean {
  const all = [
    ...scopes.map((scopeName) => ({ scopeName, operator: "Exists" })),
    ...(scopeSelector?.matchExpressions ?? []),
  ];
  return all.every((requirement) => meetsScope(source, requirement));
}

function meetsScope({ spec }: PodSource, { scopeName, operator, values = [] }: ScopeRequirement): boolean {
  const { priorityClassName, activeDeadlineSeconds } = spec;
  const isBestEffort = [...(spec.initContainers ?? []), ...spec.containers].every(
    ({ resources: { requests = {}, limits = {} } = {} }) => Object.keys({ ...requests, ...limits }).length === 0,
  );
  const scopesOfPod: Readonly<Record<string, boolean>> = {
    BestEffort: isBestEffort,
    NotBestEffort: !isBestEffort,
    Terminating: activeDeadlineSeconds !== undefined,
    NotTerminating: activeDeadlineSeconds === undefined,
  };
  if (scopeName !== "PriorityClass") return scopesOfPod[scopeName] ?? true;
  return meetsPriority({ operator, values }, priorityClassName);
}

function meetsPriority(
  { operator, values }: { operator: string; values: readonly string[] },
  name: string | undefined,
): boolean {
  if (operator === "Exists") return name !== undefined;
  if (operator === "DoesNotExist") return name === undefined;
  const isNamed = name !== undefined && values.includes(name);
  return operator === "In" ? isNamed : !isNamed;
}

function brokenRanges({ description, namespace, spec }: PodSource, ranges: readonly KubernetesObject[]): string[] {
  const items = itemsOf(ranges, namespace);
  const containers = [...(spec.initContainers ?? []), ...spec.containers];
  return items.flatMap((item) => {
    if (item.type === "Container") {
      return containers.flatMap((container) => {
        const amounts = containerAmounts(container, items);
        const of = (aspect: Aspect) => (resource: string) => {
          const amount = amounts[aspect][resource];
          return amount === undefined ? undefined : parseQuantity(amount);
        };
        return brokenLimits(item, of("requests"), of("limits")).map(
          (broken) => `${description}: ${container.name}: ${broken}.`,
        );
      });
    }
    if (item.type !== "Pod") return [];
    const of = (aspect: Aspect) => (resource: string) =>
      podAmount(spec, (container) => containerAmounts(container, items)[aspect], resource);
    return brokenLimits(item, of("requests"), of("limits")).map((broken) => `${description}: ${broken}.`);
  });
}
