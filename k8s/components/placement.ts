import { capabilities } from "../../platform/clouds.ts";
import type { Environment } from "../../platform/environment.ts";
import { BASELINE_POOL, SPOT_LABEL } from "../../platform/pools.ts";
import type { Placement } from "../constructs/pod-template.ts";

/** On a pool, spread over what fails together on the environment's cloud: zones, the spot market, nodes. */
export function placementOn({ cloud }: Environment, pool: string = BASELINE_POOL): Placement {
  const { zones, spot } = capabilities[cloud];
  return {
    pool,
    spreadOver: [
      ...(zones ? ["topology.kubernetes.io/zone"] : []),
      ...(spot ? [SPOT_LABEL] : []),
      "kubernetes.io/hostname",
    ],
  };
}
