import { capabilities } from "../../platform/clouds.ts";
import type { Environment } from "../../platform/environment.ts";
import { BASELINE_POOL, resolvePools, SPOT_LABEL } from "../../platform/pools.ts";
import type { Placement } from "../constructs/pod-template.ts";

export const ZONE_LABEL = "topology.kubernetes.io/zone";
export const HOST_LABEL = "kubernetes.io/hostname";

/** On a pool, or on the baseline where the environment has none of that name, spread over what fails together on its cloud. */
export function placementOn(environment: Environment, name: string = BASELINE_POOL): Placement {
  const { zones, spot } = capabilities[environment.cloud];
  const pool = name in environment.pools ? name : BASELINE_POOL;
  const taints = resolvePools(environment).find((each) => each.name === pool)?.taints ?? [];
  return {
    pool,
    spreadOver: [...(zones ? [ZONE_LABEL] : []), ...(spot ? [SPOT_LABEL] : []), HOST_LABEL],
    ...(taints.length > 0 && {
      tolerations: taints.map(({ key, value, effect }) => ({ key, operator: "Equal", value, effect })),
    }),
  };
}
