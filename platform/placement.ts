import { factsOf } from "./clouds.ts";
import type { Environment } from "./environment.ts";
import { BASELINE_POOL, POOL_LABEL, standingPools, SPOT_LABEL } from "./pools.ts";

/** Where pods run. */
export interface Placement {
  /** The pool whose nodes they run on. */
  readonly pool: string;
  /** Node labels over whose values they are spread: what fails together. */
  readonly spreadOver: readonly string[];
  /** What lets them onto a dedicated pool. @default - nothing */
  readonly tolerations?: readonly Toleration[];
}

export interface Toleration {
  readonly key: string;
  readonly operator: string;
  readonly value?: string;
  readonly effect: string;
}

export const ZONE_LABEL = "topology.kubernetes.io/zone";
export const HOST_LABEL = "kubernetes.io/hostname";

/** On a pool, or on the baseline where the environment has none of that name, spread over what fails together on its cloud. */
export function placementOn(environment: Environment, name: string = BASELINE_POOL): Placement {
  const { zones, spotNodes } = factsOf(environment);
  const pool = name in environment.pools ? name : BASELINE_POOL;
  const taints = standingPools(environment).find((each) => each.name === pool)?.taints ?? [];
  return {
    pool,
    spreadOver: [...(zones ? [ZONE_LABEL] : []), ...(spotNodes ? [SPOT_LABEL] : []), HOST_LABEL],
    ...(taints.length > 0 && {
      tolerations: taints.map(({ key, value, effect }) => ({ key, operator: "Equal", value, effect })),
    }),
  };
}

/** How a pod spec spreads its pods, as charts take it. */
export interface SpreadConstraint {
  readonly topologyKey: string;
  readonly maxSkew: number;
  readonly whenUnsatisfiable: string;
  readonly matchLabelKeys: readonly string[];
  readonly labelSelector?: { readonly matchLabels: Readonly<Record<string, string>> };
}

/**
 * Spreads the pods of a Deployment over zones and hosts, each version on its own. It is preferred, not required: when a zone is lost,
 * pods must start in the others, and a cloud may have no zones.
 *
 * @param matchLabels - the pods. @default - the chart adds a selector
 */
export const spreadPods = (matchLabels?: Readonly<Record<string, string>>): SpreadConstraint[] =>
  [ZONE_LABEL, HOST_LABEL].map((topologyKey) => ({
    topologyKey,
    maxSkew: 1,
    whenUnsatisfiable: "ScheduleAnyway",
    matchLabelKeys: ["pod-template-hash"],
    ...(matchLabels && { labelSelector: { matchLabels } }),
  }));

/** A placement, as charts and operators take it. An empty list is left out: the API server drops it. */
export function nodesOf({ pool, tolerations }: Placement): {
  nodeSelector: Record<string, string>;
  tolerations?: Toleration[];
} {
  return { nodeSelector: { [POOL_LABEL]: pool }, ...(tolerations && { tolerations: [...tolerations] }) };
}
