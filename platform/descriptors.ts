import type { Addon } from "./addon.ts";
import type { Connection } from "./connections.ts";
import type { Environment } from "./environment.ts";
import type { Metric } from "./metrics.ts";
import type { Service } from "./service.ts";

/** Everything that an environment may run: services and add-ons. */
export interface Descriptors {
  readonly services: readonly Service[];
  readonly addons: readonly Addon[];
  /** The folder of each add-on that was read from one, by name: it may hold `objects.ts`. @default - none */
  readonly addonFolders?: ReadonlyMap<string, string>;
  /** Workloads that another repository adds to the cluster. @default - none */
  readonly workloads?: readonly AddedWorkload[];
}

/** What the platform opens for a workload of another repository, and what proofs expect of it. */
export interface AddedWorkload {
  readonly namespace: string;
  /** The value of its pods' label `app.kubernetes.io/name`. */
  readonly name: string;
  /** The port that Prometheus scrapes. @default - it is not scraped */
  readonly metricsPort?: number;
  /** What it exports there. @default - none */
  readonly metrics?: readonly Metric[];
  /** Connections that its pods open or accept, other than DNS and scraping. @default - none */
  readonly connections?: readonly Connection[];
}

/** The descriptors of an environment: an optional service runs only where `models` or `services` names it. */
export function descriptorsIn(
  { models = [], services = {} }: Pick<Environment, "models" | "services">,
  descriptors: Descriptors,
): Descriptors {
  const named = new Set([...models.flatMap(({ service }) => service ?? []), ...Object.keys(services)]);
  return {
    ...descriptors,
    services: descriptors.services.filter(({ name, optional = false }) => !optional || named.has(name)),
  };
}
