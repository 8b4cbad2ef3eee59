import type { Addon } from "./addon.ts";
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

/** Whether an autoscaler sets the number of a service's replicas; otherwise it is fixed at the minimum. */
export const isAutoscaled = (service: Service, addons: readonly Addon[]): boolean =>
  prometheusSignals(service).length === 0 || scalesOnMetrics(addons);

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
