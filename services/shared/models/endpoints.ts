import { groupBy } from "../../../platform/group-by.ts";
import type { Model } from "../runtime/settings.ts";

/** Where models answer, and how many executions may run there at once, over all workers. */
export interface Endpoint {
  readonly url: string;
  readonly models: readonly string[];
  readonly concurrency: number;
}

/** Models that answer at one address share its limit: the smallest that any of them states. */
export function endpointsOf(models: readonly Model[]): Endpoint[] {
  return [...groupBy(models, ({ endpoint }) => endpoint)].map(([url, members]) => ({
    url,
    models: members.map(({ name }) => name),
    concurrency: Math.min(...members.map(({ concurrency }) => concurrency)),
  }));
}
