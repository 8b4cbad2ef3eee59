import { describeObject, type KubernetesObject, type Labels } from "./kubernetes.ts";

/** A PromQL expression of an object. */
export interface Query {
  /** `PrometheusRule application/api, ErrorBudgetBurn`. */
  readonly by: string;
  readonly expression: string;
  /** The metric that a recording rule makes of it. */
  readonly record?: string;
  /** How it fires; undefined for what is no alert. */
  readonly alert?: {
    readonly name: string;
    readonly for?: string;
    readonly runbook?: string;
    readonly summary?: string;
  };
  /** Labels that the rule adds to what it finds. */
  readonly labels: Labels;
  /** Texts with `{{ $labels.x }}`, which is empty where no series has x. */
  readonly texts: readonly string[];
  /** Whether a ScaledObject takes an empty answer for zero; undefined for other askers. */
  readonly ignoreNullValues?: string | undefined;
}

interface Rule {
  readonly record?: string;
  readonly alert?: string;
  readonly expr: string | number;
  readonly for?: string;
  readonly labels?: Labels;
  readonly annotations?: Labels;
}

interface Spec {
  readonly groups?: readonly { readonly rules?: readonly Rule[] }[];
  readonly triggers?: readonly { readonly type: string; readonly metadata: Labels }[];
  readonly metrics?: readonly {
    readonly name: string;
    readonly provider: { readonly prometheus?: { readonly query: string } };
  }[];
}

const readers: Readonly<Record<string, (object: KubernetesObject, spec: Spec) => Query[]>> = {
  PrometheusRule: (object, { groups = [] }) =>
    groups
      .flatMap(({ rules = [] }) => rules)
      .map(({ record, alert, expr, labels = {}, annotations = {}, for: lasting }) => ({
        by: `${describeObject(object)}, ${alert ?? record ?? "?"}`,
        expression: String(expr),
        ...(record !== undefined && { record }),
        ...(alert !== undefined && { alert: alertOf(alert, lasting, annotations) }),
        labels,
        texts: Object.values(annotations),
      })),
  ScaledObject: (object, { triggers = [] }) =>
    triggers
      .filter(({ type }) => type === "prometheus")
      .map(({ metadata }) => ({
        ...plain(describeObject(object), metadata["query"] ?? ""),
        ignoreNullValues: metadata["ignoreNullValues"] ?? "true",
      })),
  AnalysisTemplate: (object, { metrics = [] }) =>
    metrics.flatMap(({ name, provider: { prometheus } }) =>
      prometheus ? [plain(`${describeObject(object)}, ${name}`, prometheus.query)] : [],
    ),
};

const alertOf = (name: string, lasting: string | undefined, annotations: Labels): NonNullable<Query["alert"]> => ({
  name,
  ...(lasting !== undefined && { for: lasting }),
  ...(annotations["runbook_url"] !== undefined && { runbook: annotations["runbook_url"] }),
  ...(annotations["summary"] !== undefined && { summary: annotations["summary"] }),
});

const plain = (by: string, expression: string): Query => ({ by, expression, labels: {}, texts: [] });

/** Every query of the plan's objects: alerts and recordings, autoscalers, analyses. */
export function queriesOf(objects: readonly KubernetesObject[]): Query[] {
  return objects.flatMap((object) => readers[object.kind]?.(object, object.spec as Spec) ?? []);
}
