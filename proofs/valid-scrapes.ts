import { count } from "../platform/count.ts";
import {
  describeObject,
  type KubernetesObject,
  type Labels,
  type LabelSelector,
  selects,
} from "../plan/model/kubernetes.ts";
import type { Plan } from "../plan/model/plan.ts";
import type { Proof } from "./proof.ts";

interface MonitorSpec {
  readonly selector?: LabelSelector;
  readonly jobLabel?: string;
  readonly endpoints?: readonly { readonly port?: string; readonly path?: string }[];
  readonly podMetricsEndpoints?: readonly {
    readonly port?: string;
    readonly path?: string;
    readonly honorLabels?: boolean;
  }[];
}

/** A port of a workload's pods that a monitor has Prometheus read. */
interface Scrape {
  readonly by: string;
  readonly workload: string;
  readonly port: string;
}

/** Services of one workload have several names, and its jobs must have one. */
const JOB_LABEL = "app.kubernetes.io/name";
/** Where what add-ons run answers: no descriptor says another path. */
const PATH = "/metrics";

export const validScrapes: Proof = {
  name: "valid-scrapes",
  claim:
    "Each port of each workload is scraped once, as a job with the workload's name, at the path where it answers, and metrics of add-ons keep their own labels.",
  examine(plan) {
    const monitors = plan.objects
      .map(({ manifest }) => manifest)
      .filter(({ kind }) => kind === "ServiceMonitor" || kind === "PodMonitor");
    const scrapes = monitors.flatMap((monitor) => scrapesOf(monitor, plan));
    return {
      evidence: [`${count(monitors.length, "monitor")}, ${count(scrapes.length, "port")} of workloads`],
      failures: [...new Set([...monitors.flatMap(monitorFailures), ...twiceFailures(scrapes)])],
    };
  },
};

function scrapesOf(monitor: KubernetesObject, { objects, podSources }: Plan): Scrape[] {
  const { selector = {}, endpoints = [] } = (monitor.spec ?? {}) as MonitorSpec;
  const { namespace } = monitor.metadata;
  return objects
    .map(({ manifest }) => manifest)
    .filter(({ kind, metadata }) => kind === "Service" && metadata.namespace === namespace)
    .filter(({ metadata }) => selects(selector, metadata.labels ?? {}))
    .flatMap(({ spec = {} }) => {
      const { selector: labels = {}, ports = [] } = spec as {
        readonly selector?: Labels;
        readonly ports?: readonly { readonly name?: string }[];
      };
      return podSources
        .filter((source) => source.namespace === namespace && selects({ matchLabels: labels }, source.labels))
        .flatMap(({ description }) =>
          endpoints
            .filter(({ port }) => ports.some(({ name }) => name === port))
            .map(({ port = "" }) => ({ by: describeObject(monitor), workload: description, port })),
        );
    });
}

/** A pod that is scraped through two Services counts twice in every sum. */
const twiceFailures = (scrapes: readonly Scrape[]): string[] =>
  scrapes
    .filter((scrape, index) =>
      scrapes.slice(0, index).some((other) => other.workload === scrape.workload && other.port === scrape.port),
    )
    .map(
      ({ by, workload, port }) =>
        `${by}: reads port '${port}' of ${workload} through more than one Service, so that sums count it again. Select one.`,
    );

function monitorFailures(monitor: KubernetesObject): string[] {
  const { jobLabel, podMetricsEndpoints = [] } = (monitor.spec ?? {}) as MonitorSpec;
  const by = describeObject(monitor);
  return [
    ...(monitor.kind === "ServiceMonitor" && jobLabel !== JOB_LABEL
      ? [`${by}: its jobs are named by '${jobLabel ?? "the Service"}'. Set jobLabel to ${JOB_LABEL}.`]
      : []),
    ...podMetricsEndpoints
      .filter(({ path = PATH }) => path !== PATH)
      .map(({ path = PATH }) => `${by}: reads ${path}, and its pods answer ${PATH}. Correct the path.`),
    ...(podMetricsEndpoints.some(({ honorLabels = false }) => !honorLabels)
      ? [`${by}: Prometheus renames labels of its metrics, such as the namespace that they tell of. Set honorLabels.`]
      : []),
  ];
}
