import { credentialFile } from "../../../platform/names.ts";
import { groupBy } from "../../../platform/group-by.ts";
import type { EgressFetch } from "../egress/fetch.ts";
import type { Model, Settings } from "../runtime/settings.ts";

/** A model at its endpoint. */
export interface ServedModel extends Model {
  /** What the endpoint calls it. @default - its name */
  readonly servedAs?: string;
}

/** Where models answer, and how many executions may run there at once, over all workers. */
export interface Endpoint {
  /** Where it answers, unless it has another `address`: then this is only what rows of turns and paces call it. */
  readonly url: string;
  readonly address?: string;
  /** How it is connected to. @default - directly: it is in the cluster, or at a private address */
  readonly fetch?: EgressFetch;
  readonly protocol: Model["protocol"];
  readonly models: readonly ServedModel[];
  readonly concurrency: number;
  /** Reads the API key before each call, so that a rotated key is used at once. @default - the endpoint needs none */
  readonly apiKey?: () => string;
  /** The tenant that brought it, and alone uses it. @default - an operator's */
  readonly tenant?: string;
}

/**
 * Models of one endpoint, protocol and credential share a limit: the smallest that any of them states. Those on the internet are
 * connected to by `egress`.
 */
export function endpointsOf(models: readonly Model[], secret: Settings["secret"], egress: EgressFetch): Endpoint[] {
  const keyOf = ({ endpoint, protocol, credential = "" }: Model): string => `${endpoint} ${protocol} ${credential}`;
  return [...groupBy(models, keyOf).values()].map((members) => {
    const [{ endpoint: url, internet, protocol, credential }] = members as [Model, ...Model[]];
    return {
      ...{ url, protocol, models: members },
      ...(internet && { fetch: egress }),
      concurrency: Math.min(...members.map(({ concurrency }) => concurrency)),
      ...(credential !== undefined && { apiKey: () => secret(credentialFile(credential)) }),
    };
  });
}
