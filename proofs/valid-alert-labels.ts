import { count } from "../platform/count.ts";
import { foreignMetrics } from "../platform/catalogue/metrics.ts";
import { scrapeJobsOf } from "../plan/model/jobs.ts";
import { describeObject, type KubernetesObject, type Labels } from "../plan/model/kubernetes.ts";
import { queriesOf, type Query } from "../plan/model/queries.ts";
import type { Proof } from "./proof.ts";
import { parsePromQl } from "./evaluation/promql.ts";
import { usageOf } from "./evaluation/promql-usage.ts";

interface Group {
  readonly name: string;
  readonly rules?: readonly { readonly labels?: Labels }[];
}

export const validAlertLabels: Proof = {
  name: "valid-alert-labels",
  claim:
    "Every alert has the labels of its subject, alerts for missing metrics name the job, and rule groups are named after what they measure.",
  examine({ objects }) {
    const manifests = objects.map(({ manifest }) => manifest);
    const alerts = queriesOf(manifests).filter(({ alert }) => alert);
    const rules = manifests.filter(({ kind }) => kind === "PrometheusRule");
    const jobs = new Map(scrapeJobsOf(manifests).map(({ job, namespace }) => [job, namespace]));
    return {
      evidence: [`${count(alerts.length, "alert")} in ${count(rules.flatMap(groupsOf).length, "group")}`],
      failures: [
        ...alerts.flatMap((alert) =>
          [...otherFailures(alert), ...silenceFailures(alert, jobs), ...nameFailures(alert, alerts)].map(
            (fault) => `${alert.by}: ${fault}`,
          ),
        ),
        ...rules.flatMap(groupFailures),
      ],
    };
  },
};

/** A label that the expression selects by, with another value, sends the alert to the wrong people. */
const otherFailures = ({ expression, labels }: Query): string[] =>
  parsePromQl(expression)
    .selectors.flatMap(({ matchers }) => matchers)
    .filter(({ label, operator, value }) => operator === "=" && (labels[label] ?? value) !== value)
    .map(
      ({ label, value }) =>
        `its label ${label} is '${labels[label] ?? ""}', but it reports '${value}'. Make them equal.`,
    );

/** `absent` of a comparison has no labels, so the alert must bring those that say what is silent. */
function silenceFailures({ expression, labels }: Query, jobs: ReadonlyMap<string, string>): string[] {
  const silent = new Set(usageOf(expression).absences.map(({ metric }) => metric));
  return parsePromQl(expression)
    .selectors.filter(({ metric }) => metric !== undefined && silent.has(metric))
    .flatMap(({ metric, matchers }): [string, string][] => {
      const job = matchers.find(({ label, operator }) => label === "job" && operator === "=")?.value;
      const namespace = jobs.get(job ?? "");
      if (job !== undefined && namespace !== undefined)
        return [
          ["job", job],
          ["namespace", namespace],
        ];
      // Alerts on several exporters have one name.
      const exporter = labels["exporter"] && foreignMetrics.find(({ name }) => name === metric)?.exporter;
      return exporter ? [["exporter", exporter]] : [];
    })
    .filter(([label, value]) => labels[label] !== value)
    .map(([label, value]) => `its label ${label} is '${labels[label] ?? ""}'. Set '${value}', which is silent.`);
}

/** Alerts of one name and of the same labels are one to Alertmanager, which shows the text of either. */
function nameFailures(query: Query, alerts: readonly Query[]): string[] {
  const { severity, ...own } = query.labels;
  const isShared = alerts.some((other) => other !== query && other.alert?.name === query.alert?.name);
  return isShared && Object.keys(own).length === 0
    ? ["others have its name, and no label tells it apart. Add one that says what it tells of."]
    : [];
}

const groupsOf = ({ spec = {} }: KubernetesObject): readonly Group[] =>
  (spec as { readonly groups?: readonly Group[] }).groups ?? [];

/** Prometheus' own metrics call a group by its name: so one finds the objective whose rules are not evaluated. */
function groupFailures(object: KubernetesObject): string[] {
  const groups = groupsOf(object);
  return groups.flatMap(({ name, rules = [] }) => {
    const labelled = rules.map(({ labels = {} }) => labels).filter((labels) => "service" in labels);
    // All rules of an objective's group are of it.
    if (labelled.length > 0 && labelled.length < rules.length)
      return [`${describeObject(object)}: a rule of group '${name}' has no label 'service'. Add it.`];
    const subjects = new Set(labelled.map((labels) => `${labels["service"] ?? ""}-${labels["objective"] ?? ""}`));
    const [subject = groups.length === 1 ? object.metadata.name : name, ...others] = subjects;
    return name === subject && others.length === 0
      ? []
      : [`${describeObject(object)}: a group is named '${name}', and measures ${[subject, ...others].join(", ")}.`];
  });
}
