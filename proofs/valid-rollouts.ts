import { count } from "../platform/count.ts";
import { describeObject, type KubernetesObject } from "../plan/model/kubernetes.ts";
import type { Plan } from "../plan/model/plan.ts";
import { secondsOf } from "./evaluation/durations.ts";
import { prometheusUrls } from "./evaluation/prometheus-urls.ts";
import type { Proof } from "./proof.ts";
import { failuresOf } from "./rules.ts";

interface AnalysisReference {
  readonly templates?: readonly { readonly templateName: string }[];
  readonly args?: readonly { readonly name: string; readonly value?: string; readonly valueFrom?: unknown }[];
}

interface Step {
  readonly setWeight?: number;
  readonly pause?: { readonly duration?: string | number };
  readonly analysis?: AnalysisReference;
}

interface RolloutSpec {
  readonly progressDeadlineSeconds?: number;
  readonly strategy?: {
    readonly canary?: {
      readonly steps?: readonly Step[];
      readonly trafficRouting?: object;
      readonly stableService?: string;
      readonly canaryService?: string;
    };
    readonly blueGreen?: {
      readonly prePromotionAnalysis?: AnalysisReference;
      readonly autoPromotionEnabled?: boolean;
      readonly scaleDownDelaySeconds?: number;
    };
  };
}

interface Metric {
  readonly name: string;
  readonly interval?: string;
  readonly count?: number;
  readonly failureLimit?: number;
  readonly inconclusiveLimit?: number;
  readonly successCondition?: string;
  readonly failureCondition?: string;
  readonly provider: { readonly prometheus?: { readonly query: string; readonly address?: string } };
}

/** Seconds until a step has had requests that say something, and until somebody asks why a release takes so long. */
const MIN_PAUSE = 30;
const MAX_PAUSE = 3600;
/** Percent of the requests that the first step may take, and that any step may add: a version that fails is seen by few. */
const MAX_FIRST = 25;
const MAX_RISE = 75;
/** Seconds of an analysis. */
const MAX_ANALYSIS = 3600;

type Objectives = Plan["expected"]["objectives"];

export const validRollouts: Proof = {
  name: "valid-rollouts",
  claim:
    "Every release shifts requests in increasing steps, measures each step, and fails if the version misses its objectives.",
  examine(plan) {
    const { objects, expected } = plan;
    const urls = prometheusUrls(plan);
    const manifests = objects.map(({ manifest }) => manifest);
    const rollouts = manifests.filter(({ kind }) => kind === "Rollout");
    const templates = manifests.filter(({ kind }) => kind === "AnalysisTemplate");
    return {
      evidence: [`${count(rollouts.length, "rollout")}, ${count(templates.length, "analysis", "analyses")}`],
      failures: [
        ...rollouts.flatMap((rollout) => rolloutFailures(rollout, templates, expected.objectives)),
        ...templates.flatMap((template) => templateFailures(template, urls)),
      ],
    };
  },
};

function rolloutFailures(
  rollout: KubernetesObject,
  templates: readonly KubernetesObject[],
  objectives: Objectives,
): string[] {
  const { strategy = {} } = rollout.spec as RolloutSpec;
  const { canary, blueGreen } = strategy;
  const judged = canary
    ? (canary.steps ?? []).flatMap(({ analysis }) => analysis ?? [])
    : [blueGreen?.prePromotionAnalysis ?? {}];
  const failures = [
    ...deadlineFailures(rollout.spec as RolloutSpec),
    ...(canary ? stepFailures(canary.steps ?? []) : []),
    ...(blueGreen ? keptFailures(blueGreen) : []),
    ...judged.flatMap((analysis) => argumentFailures(analysis, templates)),
    ...objectiveFailures(rollout, { judged, templates, objectives }),
  ];
  return [...new Set(failures)].map((failure) => `${describeObject(rollout)}: ${failure}`);
}

/** The routes whose weights are set, as plug-ins name them; one that is missing where no router names any. */
function routesOf(trafficRouting: object): (string | undefined)[] {
  const { plugins = {} } = trafficRouting as {
    plugins?: Record<string, { namespace?: string; httpRoutes?: { name?: string }[] }>;
  };
  const routers = Object.values(plugins);
  if (routers.length === 0) return [undefined];
  return routers.flatMap(({ namespace, httpRoutes = [] }) => [namespace, httpRoutes[0]?.name]);
}

function deadlineFailures({ progressDeadlineSeconds = 600, strategy: { canary } = {} }: RolloutSpec): string[] {
  const isTimely = progressDeadlineSeconds >= 60 && progressDeadlineSeconds <= 3600;
  const isRouted =
    !canary?.trafficRouting ||
    [canary.stableService, canary.canaryService, ...routesOf(canary.trafficRouting)].every(Boolean);
  return failuresOf([
    [isTimely, `a new version has ${progressDeadlineSeconds} s to become ready, which must be 60 to 3600.`],
    [isRouted, "it routes requests, and does not name the routes and a Service for each version."],
    [
      canary?.canaryService === undefined || canary.trafficRouting !== undefined,
      "it has a Service for each version, and nothing moves requests between them. Set trafficRouting.",
    ],
  ]);
}

const stepFailures = (steps: readonly Step[]): string[] => [
  ...weightFailures(steps),
  ...steps.flatMap((step, at) => judgementFailures(step, stepsWithin(steps, at))),
];

function weightFailures(steps: readonly Step[]): string[] {
  const weights = steps.flatMap(({ setWeight }) => setWeight ?? []);
  const rises = weights.map((weight, at) => weight - (weights[at - 1] ?? 0));
  const pauses = steps.flatMap(({ pause }) => (pause?.duration === undefined ? [] : secondsOfPause(pause.duration)));
  const [first = 0] = weights;
  return failuresOf([
    [weights.length > 0, "its canary has no weights, so all requests move at once."],
    [steps[0]?.setWeight !== undefined, "it waits or judges before the new version has any request."],
    [first <= MAX_FIRST, `its first step moves ${first} %, over ${MAX_FIRST}.`],
    [
      rises.every((rise) => rise > 0) && weights.every((weight) => weight <= 100),
      `its weights ${weights.join(", ")} do not rise from 1 to at most 100.`,
    ],
    [
      rises.every((rise) => rise <= MAX_RISE) && weights.at(-1) === 100,
      `its weights ${weights.join(", ")} rise by more than ${MAX_RISE} at once, or do not end with 100.`,
    ],
    [pauses.every((seconds) => seconds <= MAX_PAUSE), `it waits for more than ${MAX_PAUSE} s.`],
  ]);
}

/** The steps between a weight and the next. */
function stepsWithin(steps: readonly Step[], at: number): readonly Step[] {
  const next = steps.findIndex((step, index) => index > at && step.setWeight !== undefined);
  return steps.slice(at + 1, next < 0 ? undefined : next);
}

function judgementFailures({ setWeight }: Step, within: readonly Step[]): string[] {
  if (setWeight === undefined) return [];
  const waits = within.findIndex(
    ({ pause }) => pause?.duration !== undefined && secondsOfPause(pause.duration) >= MIN_PAUSE,
  );
  const judges = within.findIndex(({ analysis }) => analysis !== undefined);
  if (judges < 0) return [`no analysis judges the step of ${setWeight} %.`];
  return waits < 0 || waits > judges ? [`the step of ${setWeight} % is judged before it has had requests.`] : [];
}

const secondsOfPause = (duration: string | number): number =>
  typeof duration === "number" || /^\d+$/.test(duration) ? Number(duration) : secondsOf(duration);

/** Going back must not have to start pods. */
function keptFailures({
  scaleDownDelaySeconds = 30,
}: NonNullable<NonNullable<RolloutSpec["strategy"]>["blueGreen"]>): string[] {
  return scaleDownDelaySeconds >= 60
    ? []
    : [`the old version is kept for ${scaleDownDelaySeconds} s, too short to go back.`];
}

const templatesOf = (analysis: AnalysisReference, templates: readonly KubernetesObject[]): KubernetesObject[] =>
  (analysis.templates ?? []).flatMap(({ templateName }) =>
    templates.filter(({ metadata }) => metadata.name === templateName),
  );

interface TemplateSpec {
  readonly args?: readonly { readonly name: string; readonly value?: string }[];
  readonly metrics?: readonly Metric[];
}

const specOf = ({ spec }: KubernetesObject): TemplateSpec => spec as TemplateSpec;

function argumentFailures(analysis: AnalysisReference, templates: readonly KubernetesObject[]): string[] {
  const given = (analysis.args ?? []).filter(({ value, valueFrom }) => value !== undefined || isLatest(valueFrom));
  return templatesOf(analysis, templates).flatMap((template) =>
    (specOf(template).args ?? [])
      .filter(({ name, value }) => value === undefined && !given.some((each) => each.name === name))
      .map(({ name }) => `it gives ${describeObject(template)} no value for '${name}'.`),
  );
}

/** Of the new version: a verdict on the stable one says nothing. */
const isLatest = (from: unknown): boolean =>
  (from as { readonly podTemplateHashValue?: string } | undefined)?.podTemplateHashValue === "Latest";

/** Every objective of the service is a metric of each analysis, with the objective's own bound, over the new version alone. */
function objectiveFailures(
  { metadata }: KubernetesObject,
  {
    judged,
    templates,
    objectives,
  }: { judged: readonly AnalysisReference[]; templates: readonly KubernetesObject[]; objectives: Objectives },
): string[] {
  const own = objectives.filter(({ service }) => service === metadata.name);
  return judged.flatMap((analysis) =>
    own.flatMap(({ objective }) => {
      const metrics = templatesOf(analysis, templates).flatMap((each) => specOf(each).metrics ?? []);
      const metric = metrics.find(({ name }) => name === objective.name);
      if (!metric) return [`no analysis measures its ${objective.name}.`];
      const bound = conditionOf(metric.failureCondition)?.bound ?? Infinity;
      const budget = 1 - objective.target;
      return bound <= budget + 1e-9
        ? []
        : [`${objective.name} fails above ${bound}, and the objective is ${budget.toFixed(4)}.`];
    }),
  );
}

interface Condition {
  readonly operator: string;
  readonly bound: number;
  readonly guarded: boolean;
}

/** `len(result) > 0 && result[0] <= 0.001`, the one form in use. */
function conditionOf(text = ""): Condition | undefined {
  const match = /^(len\(result\) > 0 && )?result\[0\] (<|<=|>|>=) ([\d.]+)$/.exec(text);
  return match ? { guarded: match[1] !== undefined, operator: match[2] ?? "", bound: Number(match[3]) } : undefined;
}

function templateFailures(template: KubernetesObject, urls: readonly string[]): string[] {
  const { metrics = [], args = [] } = specOf(template);
  const by = describeObject(template);
  if (metrics.length === 0) return [`${by} measures nothing, so it succeeds at once.`];
  return metrics.flatMap((metric) =>
    [
      ...conditionFailures(metric),
      ...measurementFailures(metric),
      ...sampleFailures(metric, args),
      ...addressFailures(metric, urls),
    ].map((failure) => `${by}, ${metric.name}: ${failure}`),
  );
}

function conditionFailures({ successCondition, failureCondition }: Metric): string[] {
  const [success, failure] = [conditionOf(successCondition), conditionOf(failureCondition)];
  if (!success || !failure)
    return ["its conditions are not `len(result) > 0 && result[0] <= BOUND` and `... > BOUND`."];
  return failuresOf([
    [success.guarded && failure.guarded, "a condition reads the first result of none. Test len(result) first."],
    [
      success.operator.startsWith("<") && failure.operator.startsWith(">"),
      "it succeeds when the share of errors is high. Turn the conditions round.",
    ],
    [success.bound === failure.bound, `it succeeds at ${success.bound} and fails at ${failure.bound}.`],
    [success.bound > 0 && success.bound < 1, `a share of errors is compared with ${success.bound}.`],
  ]);
}

function measurementFailures({ interval = "", count = 0, failureLimit = 0, inconclusiveLimit = 0 }: Metric): string[] {
  return failuresOf([
    [secondsOf(interval) >= 15, `the interval '${interval}' is not a duration of 15 s or more.`],
    [count >= 2, `${count} measurements decide.`],
    [
      count * secondsOf(interval) <= MAX_ANALYSIS,
      `${count} measurements every '${interval}' take over ${MAX_ANALYSIS} s, while some requests fail.`,
    ],
    [failureLimit >= 0 && failureLimit < count / 2, `${failureLimit} of ${count} measurements may fail.`],
    [inconclusiveLimit >= 0 && inconclusiveLimit < count, `${inconclusiveLimit} of ${count} may be inconclusive.`],
  ]);
}

const addressFailures = ({ provider: { prometheus } }: Metric, urls: readonly string[]): string[] =>
  prometheus && !urls.includes(prometheus.address ?? "")
    ? [`it queries '${prometheus.address ?? ""}', where no Prometheus answers (${urls.join(", ")}).`]
    : [];

/** An analysis that reads the pods of both versions is a verdict on the old one. */
function sampleFailures({ provider }: Metric, args: readonly { readonly name: string }[]): string[] {
  const query = provider.prometheus?.query ?? "";
  const selectors = [...query.matchAll(/\{(?:[^{}]|\{\{[^}]*\}\})*\}/g)].map(([selector]) => selector);
  const narrowed = selectors.every((selector) => args.some(({ name }) => selector.includes(`{{args.${name}}}`)));
  return selectors.length > 0 && narrowed ? [] : ["its query does not select the new version's pods alone."];
}
