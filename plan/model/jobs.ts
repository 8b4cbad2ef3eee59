import { describeObject, type KubernetesObject, type LabelSelector, selects } from "./kubernetes.ts";

/** What Prometheus scrapes under one name. */
export interface ScrapeJob {
  readonly job: string;
  readonly namespace: string;
  /** Labels of pods that are kept as labels of series, as Prometheus spells them. */
  readonly podLabels: readonly string[];
  /** As the monitor gives it, such as `15s`. Undefined if Prometheus decides. */
  readonly interval: string | undefined;
  readonly by: string;
}

interface Endpoint {
  readonly interval?: string;
}

interface MonitorSpec {
  readonly endpoints?: readonly Endpoint[];
  readonly podMetricsEndpoints?: readonly Endpoint[];
  readonly selector: LabelSelector;
  readonly jobLabel?: string;
  readonly podTargetLabels?: readonly string[];
}

/** Prometheus takes letters, digits and underscores. */
export const labelName = (label: string): string => label.replaceAll(/[^a-zA-Z0-9_]/g, "_");

/** The jobs that the plan's monitors make: a ServiceMonitor's is its Service's label or name, a PodMonitor's its own name. */
export function scrapeJobsOf(objects: readonly KubernetesObject[]): ScrapeJob[] {
  return objects
    .filter(({ kind }) => kind === "ServiceMonitor" || kind === "PodMonitor")
    .flatMap((monitor) => {
      const { selector, jobLabel, podTargetLabels = [], endpoints, podMetricsEndpoints } = monitor.spec as MonitorSpec;
      const namespace = monitor.metadata.namespace ?? "default";
      const [{ interval } = { interval: undefined }] = endpoints ?? podMetricsEndpoints ?? [];
      const common = { namespace, interval, podLabels: podTargetLabels.map(labelName), by: describeObject(monitor) };
      if (monitor.kind === "PodMonitor") return [{ ...common, job: `${namespace}/${monitor.metadata.name}` }];
      return objects
        .filter(({ kind, metadata }) => kind === "Service" && metadata.namespace === namespace)
        .filter(({ metadata }) => selects(selector, metadata.labels ?? {}))
        .map(({ metadata }) => ({ ...common, job: metadata.labels?.[jobLabel ?? ""] ?? metadata.name }));
    });
}
