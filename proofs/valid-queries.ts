import { count } from "../platform/count.ts";
import { foreignMetrics, targetLabels } from "../platform/catalogue/metrics.ts";
import type { Metric } from "../platform/metrics.ts";
import { scrapeJobsOf, type ScrapeJob } from "../plan/model/jobs.ts";
import type { Labels } from "../plan/model/kubernetes.ts";
import type { Plan } from "../plan/model/plan.ts";
import { queriesOf, type Query } from "../plan/model/queries.ts";
import type { Proof } from "./proof.ts";
import { type Expression, parsePromQl, type Selector } from "./evaluation/promql.ts";

/** A metric that a query may read, and its labels. */
interface Known {
  readonly labels: readonly string[];
  /** Whether every replica exports the same value. */
  readonly shared: boolean;
  /** The jobs that scrape it; undefined if a third-party chart decides. */
  readonly jobs: readonly ScrapeJob[] | undefined;
  /** Namespaces that a third-party metric may tell of. @default - not known */
  readonly namespaces?: ReadonlySet<string>;
  /** The labels that each recording rule of this name gives its series; undefined for exported metrics. */
  readonly recorded?: readonly { readonly set: Labels; readonly answered: readonly string[] }[];
}

type Catalogue = ReadonlyMap<string, Known>;

export const validQueries: Proof = {
  name: "valid-queries",
  claim: "Every PromQL expression parses, and the metrics, labels, jobs and namespaces that it names exist.",
  examine(plan) {
    const queries = queriesOf(plan.objects.map(({ manifest }) => manifest)).map((query) => ({
      query,
      expression: parsePromQl(query.expression),
    }));
    const catalogue = catalogueOf(plan, queries);
    const failures = queries.flatMap(({ query, expression }) =>
      [...queryFailures(expression, catalogue), ...answerFailures(query, expression, catalogue)].map(
        (failure) => `${query.by}: ${failure}`,
      ),
    );
    const read = new Set(queries.flatMap(({ expression }) => expression.selectors.map(({ metric }) => metric)));
    return {
      evidence: [`${count(queries.length, "query", "queries")} of ${count(read.size, "metric")}`],
      failures: [...new Set(failures)],
    };
  },
};

const namespacesOf = ({ objects, podSources }: Plan): ReadonlySet<string> =>
  new Set([
    ...objects.filter(({ manifest }) => manifest.kind === "Namespace").map(({ manifest }) => manifest.metadata.name),
    ...podSources.map(({ namespace }) => namespace),
  ]);

function catalogueOf(plan: Plan, queries: readonly { query: Query; expression: Expression }[]): Catalogue {
  const known = new Map<string, Known>();
  const namespaces = namespacesOf(plan);
  for (const { name, labels } of foreignMetrics) {
    known.set(name, { labels: [...labels, ...targetLabels], shared: false, jobs: undefined, namespaces });
  }
  const jobs = scrapeJobsOf(plan.objects.map(({ manifest }) => manifest));
  for (const { service, metric } of plan.expected.metrics) {
    addExported(
      known,
      metric,
      jobs.filter(({ job }) => job === service),
    );
  }
  // Prometheus makes it for each target, so its jobs are those of all monitors.
  known.set("up", { labels: targetLabels, shared: false, jobs });
  for (const { query, expression } of queries) addRecorded(known, query, expression);
  return known;
}

/** The metrics of services. Two services may export the same metric. */
function addExported(known: Map<string, Known>, metric: Metric, scraped: readonly ScrapeJob[]): void {
  const labels = [...metric.labels, ...targetLabels, ...scraped.flatMap(({ podLabels }) => podLabels)];
  for (const { name, extra } of partsOf(metric)) {
    const jobs = [...(known.get(name)?.jobs ?? []), ...scraped];
    known.set(name, { labels: [...labels, ...extra], shared: metric.shared ?? false, jobs });
  }
}

function addRecorded(known: Map<string, Known>, { record, labels }: Query, expression: Expression): void {
  if (record === undefined) return;
  const answered = expression.labels((metric) => known.get(metric)?.labels ?? [], ignore);
  known.set(record, {
    labels: [...answered, ...Object.keys(labels)],
    shared: false,
    jobs: undefined,
    recorded: [...(known.get(record)?.recorded ?? []), { set: labels, answered: [...answered] }],
  });
}

const ignore = (): void => undefined;

/** The series of a histogram have other names than the histogram. */
function partsOf({ name, type }: Metric): { name: string; extra: string[] }[] {
  if (type !== "histogram") return [{ name, extra: [] }];
  return [
    { name: `${name}_bucket`, extra: ["le"] },
    { name: `${name}_sum`, extra: [] },
    { name: `${name}_count`, extra: [] },
  ];
}

function queryFailures({ errors, selectors }: Expression, catalogue: Catalogue): string[] {
  if (errors.length > 0) return errors.map((error) => `is not valid PromQL: ${error}.`);
  return selectors.flatMap((selector) => selectorFailures(selector, catalogue));
}

function selectorFailures({ metric, matchers, aggregation }: Selector, catalogue: Catalogue): string[] {
  if (metric === undefined) return ["reads series by their labels alone. Name the metric."];
  const known = catalogue.get(metric);
  if (!known) return [`reads '${metric}', which nothing exports. Correct its name or declare it.`];
  const failures = matchers
    .filter(({ label }) => !known.labels.includes(label))
    .map(({ label }) => `matches '${label}', a label that '${metric}' does not have (${known.labels.join(", ")}).`);
  if (known.shared && aggregation !== "max") {
    failures.push(
      `takes the ${aggregation ?? "series"} of '${metric}', which every replica exports with the same value. Use max.`,
    );
  }
  return [...failures, ...sourceFailures(metric, matchers, known)];
}

function sourceFailures(
  metric: string,
  matchers: Selector["matchers"],
  { jobs, recorded, namespaces }: Known,
): string[] {
  const meets = ({ set, answered }: { set: Labels; answered: readonly string[] }): boolean =>
    matchers.every(
      ({ label, operator, value }) =>
        operator !== "=" || (set[label] ?? (answered.includes(label) ? value : "")) === value,
    );
  if (recorded && !recorded.some(meets)) return [`reads '${metric}' with labels that no recording rule gives it.`];
  const [job, namespace] = [valueOf(matchers, "job"), valueOf(matchers, "namespace")];
  if (!jobs) return namespaces ? namespaceFailures(metric, namespace, namespaces) : [];
  const scraped = jobs.some(
    (each) => (job === undefined || each.job === job) && (namespace === undefined || each.namespace === namespace),
  );
  if (scraped) return [];
  const asked = [job && `job '${job}'`, namespace && `namespace '${namespace}'`].filter(Boolean).join(" in ");
  return [`reads '${metric}'${asked && ` of ${asked}`}, which no monitor scrapes there.`];
}

const valueOf = (matchers: Selector["matchers"], label: string): string | undefined =>
  matchers.find((matcher) => matcher.label === label && matcher.operator === "=")?.value;

const namespaceFailures = (metric: string, namespace: string | undefined, there: ReadonlySet<string>): string[] =>
  namespace === undefined || there.has(namespace)
    ? []
    : [`reads '${metric}' of the namespace '${namespace}', which nothing creates.`];

/** What the answer's reader relies on: labels that are grouped by, labels that a text shows, and that nothing is not taken for zero. */
function answerFailures(
  { labels, texts, ignoreNullValues }: Query,
  expression: Expression,
  catalogue: Catalogue,
): string[] {
  if (expression.errors.length > 0) return [];
  const failures: string[] = [];
  const answered = expression.labels(
    (metric) => catalogue.get(metric)?.labels ?? [],
    (label) => failures.push(`groups by '${label}', a label that no series under it has.`),
  );
  const shown = texts.flatMap((text) => [...text.matchAll(/\$labels\.(\w+)/g)].map(([, label = ""]) => label));
  for (const label of shown) {
    if (!answered.has(label) && !(label in labels))
      failures.push(`shows '${label}', a label that its result does not have.`);
  }
  if (ignoreNullValues !== undefined && ignoreNullValues !== "false") {
    failures.push(
      'takes no answer for zero, and would scale down when its metric is lost. Set ignoreNullValues to "false".',
    );
  }
  return failures;
}
