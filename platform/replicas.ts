import type { Addon, Capability } from "./addon.ts";
import type { Environment } from "./environment.ts";
import { providerOf } from "./installed-addons.ts";
import { prometheusSignals, type Service } from "./service.ts";

export interface Replicas {
  readonly min: number;
  readonly max: number;
}

/** Whether an add-on scales workloads on metrics. CPU and memory need none. */
export const scalesOnMetrics = (addons: readonly Addon[]): boolean =>
  providerOf(addons, "metric-scaling") !== undefined;

/** What an autoscaler of a service lacks: who scales on metrics, or whose queues a signal counts. */
export function missingToScale(service: Service, addons: readonly Addon[]): Capability[] {
  const signals = prometheusSignals(service);
  const needed: Capability[] = [
    ...(signals.length > 0 ? (["metric-scaling"] as const) : []),
    ...(signals.some(({ kind }) => kind === "messages") ? (["messages"] as const) : []),
  ];
  return needed.filter((capability) => providerOf(addons, capability) === undefined);
}

/** Whether an autoscaler sets the number of a service's replicas; otherwise it is fixed at the minimum. */
export const isAutoscaled = (service: Service, addons: readonly Addon[]): boolean =>
  missingToScale(service, addons).length === 0;

/** The minimum and maximum replicas of a service in an environment. They are equal where nothing can scale it. */
export function replicasIn(
  { services = {} }: Pick<Environment, "services">,
  service: Service,
  addons: readonly Addon[],
): Replicas {
  const [min, max] = service.scale.between;
  const bounds = services[service.name]?.replicas ?? { min, max };
  return isAutoscaled(service, addons) ? bounds : { min: bounds.min, max: bounds.min };
}
