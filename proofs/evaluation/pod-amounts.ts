import { parseQuantity } from "../../platform/quantity.ts";
import type { ContainerSpec, PodSpec } from "../../plan/model/kubernetes.ts";

export type Quantities = Readonly<Record<string, string | number>>;

/** What a container requests, and at most gets: after the defaults of the API server and of the namespace's limit ranges. */
export interface ContainerAmounts {
  readonly name: string;
  readonly requests: Quantities;
  readonly limits: Quantities;
}

/** An item of a LimitRange. */
export interface LimitRangeItem {
  readonly type: string;
  readonly default?: Quantities;
  readonly defaultRequest?: Quantities;
  readonly min?: Quantities;
  readonly max?: Quantities;
  readonly maxLimitRequestRatio?: Quantities;
}

/** A limit is the request where there is none; limit ranges fill in what is still missing. */
export function containerAmounts(
  { name, resources = {} }: ContainerSpec,
  ranges: readonly LimitRangeItem[],
): ContainerAmounts {
  const { limits = {} } = resources;
  const requests = { ...limits, ...resources.requests };
  const defaults = ranges.filter(({ type }) => type === "Container").map(defaultsOf);
  return {
    name,
    requests: Object.assign({}, ...defaults.map((each) => each.requests), requests) as Quantities,
    limits: Object.assign({}, ...defaults.map((each) => each.limits), limits) as Quantities,
  };
}

/** As the API server fills in a LimitRange itself: the maximum is the default limit, which is the default request. */
function defaultsOf({ min = {}, max = {}, ...item }: LimitRangeItem): Pick<ContainerAmounts, "requests" | "limits"> {
  const limits = { ...max, ...item.default };
  return { limits, requests: { ...min, ...limits, ...item.defaultRequest } };
}

export type Aspect = "requests" | "limits";

/** Amounts of a pod's containers together, as Kubernetes counts them: sidecars with the containers, init containers one at a time. */
export function podAmount(spec: PodSpec, of: (container: ContainerSpec) => Quantities, resource: string): number {
  const amount = (container: ContainerSpec): number => parseQuantity(of(container)[resource] ?? 0);
  let sidecars = 0;
  let initialization = 0;
  for (const container of spec.initContainers ?? []) {
    initialization = Math.max(initialization, sidecars + amount(container));
    if (container.restartPolicy === "Always") sidecars += amount(container);
  }
  const running = spec.containers.reduce((sum, container) => sum + amount(container), sidecars);
  return Math.max(running, initialization) + parseQuantity(spec.overhead?.[resource] ?? 0);
}

/** What a container or pod breaks of an item of a LimitRange, in the words of the API server. */
export function brokenLimits(
  item: LimitRangeItem,
  requests: (resource: string) => number | undefined,
  limits: (resource: string) => number | undefined,
): string[] {
  const { type, min = {}, max = {}, maxLimitRequestRatio = {} } = item;
  const below = Object.entries(min).flatMap(([resource, least]) => {
    const request = requests(resource);
    if (request !== undefined && request >= parseQuantity(least)) return [];
    return [
      `minimum ${resource} usage per ${type} is ${least}, but ${request === undefined ? "no request is specified" : `request is ${request}`}`,
    ];
  });
  const above = Object.entries(max).flatMap(([resource, most]) => {
    const limit = limits(resource);
    if (limit !== undefined && Math.max(limit, requests(resource) ?? 0) <= parseQuantity(most)) return [];
    return [
      `maximum ${resource} usage per ${type} is ${most}, but ${limit === undefined ? "no limit is specified" : `limit is ${limit}`}`,
    ];
  });
  const steep = Object.entries(maxLimitRequestRatio).flatMap(([resource, most]) => {
    const [request, limit] = [requests(resource), limits(resource)];
    if (request !== undefined && limit !== undefined && limit / request <= parseQuantity(most)) return [];
    return [
      `${resource} max limit to request ratio per ${type} is ${most}, but provided ratio is ${limit === undefined || request === undefined ? "unknown" : limit / request}`,
    ];
  });
  return [...below, ...above, ...steep];
}
