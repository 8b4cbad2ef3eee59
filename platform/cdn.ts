import type { Cloud } from "./clouds.ts";
import type { Environment } from "./environment.ts";
import { clusterName, originName } from "./names.ts";

/** What the platform serves per minute at its peak, from all clients together. One address that sends more is a flood. */
const DEFAULT_CLIENT_RATE = 10_000;

/** Why a cloud does not have the key. */
export const withoutCdn: Readonly<Partial<Record<Cloud, string>>> = {
  linode:
    "has no meaning on linode: Akamai's CDN is a product of its own, which @pulumi/linode does not create. Remove it.",
  local: "has no meaning on local: a CDN needs a load balancer on the internet. Remove it.",
};

/** The CDN in front of the gateway, with each default resolved. */
export interface Cdn {
  /** Requests per minute. */
  readonly clientRate: number;
  readonly shieldAdvanced: boolean;
  /** The DNS name at which it finds the gateway. */
  readonly origin: string;
  /** `Name` of the security group that lets only the CDN reach the gateway. */
  readonly group: string;
}

/** Undefined if clients connect to the gateway directly. */
export function cdnOf(environment: Environment): Cdn | undefined {
  const cdn = "cdn" in environment ? environment.cdn : undefined;
  if (!cdn) return undefined;
  const { clientRate = DEFAULT_CLIENT_RATE, shieldAdvanced = false } = cdn;
  return { clientRate, shieldAdvanced, origin: originName(environment), group: `${clusterName(environment)}-gateway` };
}

/** Proxies in front of the services of an environment with a gateway, each of which appends a client address. */
export const proxiesIn = (environment: Environment): number => (cdnOf(environment) ? 2 : 1);
