import { count } from "../platform/count.ts";
import { scrapeJobsOf } from "../plan/model/jobs.ts";
import type { KubernetesObject } from "../plan/model/kubernetes.ts";
import type { Plan } from "../plan/model/plan.ts";
import { queriesOf, type Query } from "../plan/model/queries.ts";
import type { Proof } from "./proof.ts";
import { parsePromQl, type Selector } from "./evaluation/promql.ts";
import { usageOf } from "./evaluation/promql-usage.ts";

type Objectives = Plan["expected"]["objectives"];
type Objective = Objectives[number]["objective"];

interface Fault {
  /** What may happen, as the failure says it. */
  readonly fault: string;
  readonly metric: string;
  /** Values that the alert's selector must ask for. */
  readonly matching?: Readonly<Record<string, string>>;
  /** How the alert compares; a bound may be chosen. */
  readonly operator: ">" | "<" | "<=" | "==";
  /** The highest bound. @default - any */
  readonly atMost?: number;
}

const podFaults: readonly Fault[] = [
  { fault: "a pod restarts", metric: "kube_pod_container_status_restarts_total", operator: ">" },
  {
    fault: "a pod crash-loops",
    metric: "kube_pod_container_status_waiting_reason",
    matching: { reason: "CrashLoopBackOff" },
    operator: ">",
  },
  { fault: "a pod cannot be scheduled", metric: "kube_pod_status_unschedulable", operator: ">" },
];

const scalerFaults: readonly Fault[] = (["ScalingLimited", "ScalingActive"] as const).map((condition) => ({
  fault: condition === "ScalingLimited" ? "an autoscaler is at its maximum" : "an autoscaler cannot read its metric",
  metric: "kube_horizontalpodautoscaler_status_condition",
  matching: { condition, status: condition === "ScalingLimited" ? "true" : "false" },
  operator: ">",
}));

/** What can go wrong with objects of a kind, and the metric that tells. */
const faultsOf: Readonly<Record<string, readonly Fault[]>> = {
  Deployment: [
    {
      fault: "a Deployment's new version does not become ready",
      metric: "kube_deployment_status_condition",
      matching: { condition: "Progressing", status: "false" },
      operator: ">",
    },
    ...podFaults,
  ],
  Job: [{ fault: "a Job fails", metric: "kube_job_status_failed", operator: ">", atMost: 0 }],
  HorizontalPodAutoscaler: scalerFaults,
  ScaledObject: [
    ...scalerFaults,
    { fault: "a trigger cannot be read", metric: "keda_scaler_detail_errors_total", operator: ">" },
  ],
  Rollout: [
    { fault: "a release is aborted", metric: "rollout_info", matching: { phase: "Degraded" }, operator: ">" },
    { fault: "a release waits for a decision", metric: "rollout_info", matching: { phase: "Paused" }, operator: ">" },
    ...podFaults,
  ],
  RabbitmqCluster: [{ fault: "half of a broker's nodes are gone", metric: "up", operator: "<=" }],
  Gateway: [
    { fault: "no gateway pod is available", metric: "kube_deployment_status_replicas_available", operator: ">" },
  ],
  Certificate: [
    {
      fault: "a certificate is not renewed",
      metric: "certmanager_certificate_expiration_timestamp_seconds",
      operator: "<",
    },
  ],
  Schedule: [{ fault: "a backup fails", metric: "velero_backup_last_successful_timestamp", operator: ">" }],
  PersistentVolumeClaim: [{ fault: "a volume fills up", metric: "kubelet_volume_stats_used_bytes", operator: ">" }],
};

const nodeFault: Fault = {
  fault: "a node is not ready",
  metric: "kube_node_status_condition",
  matching: { condition: "Ready", status: "true" },
  operator: "==",
};

/** What the metrics of our services tell, where they export them. */
const serviceFaults: readonly Fault[] = [
  {
    fault: "the connections to Postgres run out",
    metric: "promptops_database_connections",
    operator: ">",
    atMost: 0.9,
  },
  { fault: "a queue grows", metric: "promptops_queue_depth", operator: ">", atMost: 1_000 },
  {
    fault: "usage events stay in the outbox",
    metric: "promptops_usage_outbox_age_seconds",
    operator: ">",
    atMost: 3_600,
  },
  { fault: "events are not compacted", metric: "promptops_compaction_delay_seconds", operator: ">", atMost: 3_600 },
  { fault: "outputs are not scored", metric: "promptops_evaluation_delay_seconds", operator: ">", atMost: 3_600 },
  { fault: "webhooks are not sent", metric: "promptops_webhook_delay_seconds", operator: ">", atMost: 3_600 },
  { fault: "usage events become dead letters", metric: "promptops_usage_dead_letters", operator: ">", atMost: 0 },
];

/** Share of requests that may fail for five minutes before someone is paged. */
const MAX_ERROR_RATIO = 0.01;
/** Burn rates of a 30-day budget, and how someone hears of them: Google's SRE workbook, chapter 5. */
const BURNS = [
  { rate: 14.4, window: "1h", severity: "page" },
  { rate: 6, window: "6h", severity: "page" },
  { rate: 3, window: "1d", severity: "ticket" },
  { rate: 1, window: "3d", severity: "ticket" },
] as const;

interface Alert extends Query {
  /** Selectors of its expression, and of the recording rules that it reads. */
  readonly selectors: readonly Selector[];
  readonly bounds: readonly { readonly operator: string; readonly bound: number }[];
}

export const requireAlerts: Proof = {
  name: "require-alerts",
  claim:
    "Every fault that objects can have has an alert, every objective has burn-rate alerts, and every scraped job has an alert for missing metrics.",
  examine(plan) {
    const objects = plan.objects.map(({ manifest }) => manifest);
    const alerts = alertsOf(objects);
    const faults = faultsIn(plan, objects);
    const failures = [
      ...faults.filter((fault) => !alerts.some((alert) => tells(alert, fault))).map(missing),
      ...plan.expected.objectives.flatMap((each) => objectiveFailures(each, alerts)),
      ...silenceFailures(objects, alerts),
    ];
    return {
      evidence: [
        `${count(faults.length, "fault")}, ${count(plan.expected.objectives.length, "objective")}, ${count(alerts.length, "alert")}`,
      ],
      failures,
    };
  },
};

function faultsIn({ nodeGroups, expected, addons }: Plan, objects: readonly KubernetesObject[]): Fault[] {
  const kinds = new Set(objects.map(({ kind }) => kind));
  const found = [...kinds].flatMap((kind) => faultsOf[kind] ?? []);
  const exported = new Set(expected.metrics.map(({ metric }) => metric.name));
  return [
    ...new Set([
      ...found,
      ...addons.flatMap(({ failures }) => failures.map(({ failure, ...told }) => ({ fault: failure, ...told }))),
      ...serviceFaults.filter(({ metric }) => exported.has(metric)),
      ...(nodeGroups.length > 0 ? [nodeFault] : []),
    ]),
  ];
}

const missing = ({ fault, metric, matching = {}, operator, atMost }: Fault): string => {
  const labels = Object.entries(matching).map(([label, value]) => `${label}="${value}"`);
  const series = labels.length > 0 ? `${metric}{${labels.join(",")}}` : metric;
  const bound = atMost === undefined ? "" : `, where N is at most ${atMost}`;
  return `No alert fires when ${fault}. Add one on ${series} ${operator} N${bound}.`;
};

function alertsOf(objects: readonly KubernetesObject[]): Alert[] {
  const queries = queriesOf(objects);
  const recorded = new Map<string, Selector[]>();
  for (const { record, expression } of queries) {
    if (record !== undefined)
      recorded.set(record, [...(recorded.get(record) ?? []), ...parsePromQl(expression).selectors]);
  }
  return queries
    .filter(({ alert }) => alert)
    .map((query) => {
      const { selectors } = parsePromQl(query.expression);
      const behind = selectors.flatMap(({ metric = "" }) => recorded.get(metric) ?? []);
      return { ...query, selectors: [...selectors, ...behind], bounds: usageOf(query.expression).comparisons };
    });
}

const asks = ({ matchers }: Selector, wanted: Readonly<Record<string, string>>): boolean =>
  Object.entries(wanted).every(([label, value]) =>
    matchers.some((matcher) => matcher.label === label && matcher.operator === "=" && matcher.value === value),
  );

const tells = ({ selectors, bounds }: Alert, { metric, matching = {}, operator, atMost = Infinity }: Fault): boolean =>
  selectors.some((selector) => selector.metric === metric && asks(selector, matching)) &&
  bounds.some((each) => each.operator === operator && each.bound <= atMost);

function objectiveFailures({ service, objective }: Objectives[number], alerts: readonly Alert[]): string[] {
  const own = alerts.filter(({ labels }) => labels["service"] === service && labels["objective"] === objective.name);
  const budget = 1 - objective.target;
  const fires = (most: number, labels: Readonly<Record<string, string>>): boolean =>
    own.some(
      (alert) =>
        Object.entries(labels).every(([label, value]) => alert.labels[label] === value) &&
        alert.bounds.length > 0 &&
        alert.bounds.every(({ operator, bound }) => operator === ">" && bound <= most + 1e-9) &&
        reads(alert, service, objective),
    );
  const name = `${service}'s ${objective.name}`;
  const failures = BURNS.filter(({ rate, window, severity }) => !fires(rate * budget, { window, severity })).map(
    ({ rate, window, severity }) =>
      `No alert of severity '${severity}' fires when ${name} spends its budget ${rate} times too fast for ${window}.`,
  );
  if (objective.kind === "availability" && !fires(Math.max(MAX_ERROR_RATIO, budget), { severity: "page" }))
    failures.push(`No alert pages when more than ${MAX_ERROR_RATIO * 100} % of ${service}'s events fail.`);
  return failures;
}

/** Whether an alert counts the events that the objective is about. */
function reads({ selectors }: Alert, service: string, objective: Objective): boolean {
  const of = (part: string, wanted: Readonly<Record<string, string>>): boolean =>
    selectors.some((each) => each.metric === `${objective.of.name}${part}` && asks(each, { job: service, ...wanted }));
  if (objective.kind === "latency") return of("_bucket", { le: String(objective.within) }) && of("_count", {});
  return (
    of("", {}) &&
    Object.entries(objective.failing).every(([label, value]) =>
      selectors.some(
        ({ metric, matchers }) =>
          metric === objective.of.name && matchers.some((each) => each.label === label && each.value === value),
      ),
    )
  );
}

/** A target that is gone has no series, so nothing compares it: each job needs an alert on `absent(up{job=...})`. */
function silenceFailures(objects: readonly KubernetesObject[], alerts: readonly Alert[]): string[] {
  return scrapeJobsOf(objects)
    .filter(
      ({ job }) =>
        !alerts.some(
          ({ expression, selectors }) =>
            usageOf(expression).absences.some(({ metric }) => metric === "up") &&
            selectors.some((selector) => selector.metric === "up" && asks(selector, { job })),
        ),
    )
    .map(
      ({ by, job }) => `${by}: no alert fires when job '${job}' goes silent. Add one on absent(up{job="${job}"} == 1).`,
    );
}
