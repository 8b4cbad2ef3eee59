import { count } from "../platform/count.ts";
import { describeObject, type KubernetesObject } from "../plan/model/kubernetes.ts";
import type { Plan } from "../plan/model/plan.ts";
import { prometheusUrls } from "./evaluation/prometheus-urls.ts";
import type { Proof } from "./proof.ts";
import { failuresOf } from "./rules.ts";

interface Rules {
  readonly stabilizationWindowSeconds?: number;
  readonly selectPolicy?: string;
  readonly policies?: readonly { readonly type?: string; readonly value?: number; readonly periodSeconds?: number }[];
}

interface Behavior {
  readonly scaleUp?: Rules;
  readonly scaleDown?: Rules;
}

interface Spec {
  readonly minReplicas?: number;
  readonly maxReplicas?: number;
  readonly behavior?: Behavior;
  readonly metrics?: readonly { readonly type: string; readonly resource?: ScaledResource }[];
  readonly scaleTargetRef?: { readonly apiVersion?: string; readonly kind?: string; readonly name: string };
  readonly minReplicaCount?: number;
  readonly maxReplicaCount?: number;
  readonly pollingInterval?: number;
  readonly fallback?: { readonly replicas?: number; readonly failureThreshold?: number; readonly behavior?: string };
  readonly advanced?: { readonly horizontalPodAutoscalerConfig?: { readonly behavior?: Behavior } };
  readonly triggers?: readonly Trigger[];
}

interface ScaledResource {
  readonly name?: string;
  readonly target?: { readonly averageUtilization?: number };
}

interface Trigger {
  readonly type: string;
  readonly metricType?: string;
  readonly metadata: Readonly<Record<string, string>>;
}

/** Below, most of what is paid for is idle; above, a pod has no room while others start. */
const UTILIZATION = [30, 90] as const;
/** Percent of the replicas that may go in a minute, and seconds of calm before: load that comes back finds most of them. */
const MAX_DOWN = { percent: 50, perSeconds: 60, calm: 60 };
/** Percent, or pods, that may be added at once: one wrong measurement must not take all nodes. */
const MAX_UP = 1000;
/** Kubernetes' longest period of a policy, in seconds. */
const MAX_PERIOD = 1800;
/** What the triggers of our queues read. */
const TRIGGERS = ["cpu", "memory", "prometheus"];
/** Seconds for which a trigger may fail before the fallback applies. */
const MAX_BLIND = 600;
/** Seconds between two looks at a queue. */
const MAX_POLLING = 60;

export const validScaling: Proof = {
  name: "valid-scaling",
  claim: "Every autoscaler adds replicas fast, removes them slowly, and has a fallback without its metric.",
  examine(plan) {
    const manifests = plan.objects.map(({ manifest }) => manifest);
    const scalers = manifests.filter(({ kind }) => kind === "HorizontalPodAutoscaler" || kind === "ScaledObject");
    return {
      evidence: [count(scalers.length, "autoscaler")],
      failures: scalers.flatMap((scaler) =>
        [...scalerFailures(scaler, plan), ...targetFailures(scaler, manifests)].map(
          (failure) => `${describeObject(scaler)}: ${failure}`,
        ),
      ),
    };
  },
};

/** The version by which the target is served. A ScaledObject means a Deployment where it says nothing. */
function targetFailures(
  { metadata, spec, kind: own }: KubernetesObject,
  objects: readonly KubernetesObject[],
): string[] {
  const {
    kind = "Deployment",
    name,
    apiVersion = own === "ScaledObject" ? "apps/v1" : "",
  } = (spec as Spec).scaleTargetRef ?? { name: "" };
  const target = objects.find(
    (each) => each.kind === kind && each.metadata.name === name && each.metadata.namespace === metadata.namespace,
  );
  return target && target.apiVersion !== apiVersion
    ? [`it names a ${kind} of '${apiVersion}', which is of '${target.apiVersion}'.`]
    : [];
}

function scalerFailures({ kind, spec }: KubernetesObject, plan: Plan): string[] {
  const scaler = spec as Spec;
  const isQueue = kind === "ScaledObject";
  const { behavior, min, max } = isQueue ? ofQueue(scaler) : ofResources(scaler);
  return [
    ...(min >= 1 && max >= min ? [] : [`it scales from ${min} to ${max} replicas.`]),
    ...upFailures(behavior?.scaleUp),
    ...downFailures(behavior?.scaleDown),
    ...(isQueue ? queueFailures(scaler, max, plan) : resourceFailures(scaler)),
  ];
}

interface Bounds {
  readonly behavior: Behavior | undefined;
  readonly min: number;
  readonly max: number;
}

/** Defaults: a ScaledObject goes from 0 to 100, an HPA from 1. */
const ofQueue = ({ advanced, minReplicaCount: min = 0, maxReplicaCount: max = 100 }: Spec): Bounds => ({
  behavior: advanced?.horizontalPodAutoscalerConfig?.behavior,
  min,
  max,
});

const ofResources = ({ behavior, minReplicas: min = 1, maxReplicas: max = 1 }: Spec): Bounds => ({
  behavior,
  min,
  max,
});

/** Doubling, or four pods where that is more: a small workload must not take minutes to grow. */
function upFailures({ stabilizationWindowSeconds = 0, selectPolicy = "Max", policies = [] }: Rules = {}): string[] {
  const fast = (type: string, value: number): boolean =>
    policies.some((each) => each.type === type && (each.value ?? 0) >= value && (each.periodSeconds ?? Infinity) <= 60);
  return failuresOf([
    [fast("Percent", 100) && fast("Pods", 1), "it may not double its replicas, and add some, in a minute."],
    [selectPolicy === "Max", `of its policies for more replicas it selects ${selectPolicy}.`],
    [
      policies.every(({ value = 0, periodSeconds = 0 }) => value <= MAX_UP && periodSeconds >= 1),
      `it may add more than ${MAX_UP} % of its replicas, or ${MAX_UP} pods, at once.`,
    ],
    [
      stabilizationWindowSeconds >= 0 && stabilizationWindowSeconds <= 60,
      `it waits ${stabilizationWindowSeconds} s before it adds a replica.`,
    ],
  ]);
}

function downFailures({ stabilizationWindowSeconds = 0, selectPolicy = "Max", policies = [] }: Rules = {}): string[] {
  const { percent, perSeconds, calm } = MAX_DOWN;
  const slow = policies.every(
    ({ type, value = Infinity, periodSeconds = 0 }) =>
      type === "Percent" &&
      value >= 1 &&
      value <= percent &&
      periodSeconds >= perSeconds &&
      periodSeconds <= MAX_PERIOD,
  );
  const isCalm = stabilizationWindowSeconds >= calm && stabilizationWindowSeconds <= 3600;
  return failuresOf([
    [policies.length > 0 && slow, `it may remove more than ${percent} % of its replicas in a minute.`],
    [selectPolicy !== "Disabled", "it never removes a replica."],
    [isCalm, `it removes replicas after ${stabilizationWindowSeconds} s of low load.`],
  ]);
}

function resourceFailures({ metrics = [] }: Spec): string[] {
  const names = metrics.map(({ resource }) => resource?.name);
  if (metrics.length === 0) return ["it reads no metric."];
  // A heap that has grown is seldom given back.
  if (metrics.every(({ type }) => type === "Resource") && !names.includes("cpu"))
    return [`it reads ${names.join(", ")} alone, which does not reflect load. Add cpu.`];
  return metrics.flatMap(({ type, resource = {} }) => (type === "Resource" ? targetUseFailures(resource) : []));
}

function targetUseFailures({ name = "", target }: ScaledResource): string[] {
  const [least, most] = UTILIZATION;
  const utilization = target?.averageUtilization ?? 0;
  if (!["cpu", "memory"].includes(name)) return [`it reads '${name}', which no pod requests.`];
  return utilization >= least && utilization <= most
    ? []
    : [`its target is a utilization of ${utilization} %, which must be ${least} to ${most}.`];
}

function queueFailures({ triggers = [], fallback, pollingInterval = 30 }: Spec, max: number, plan: Plan): string[] {
  const { replicas = 0, failureThreshold = 0, behavior } = fallback ?? {};
  const rules = failuresOf([
    [triggers.length > 0, "it has no trigger."],
    [pollingInterval >= 1 && pollingInterval <= MAX_POLLING, `it polls its triggers every ${pollingInterval} s.`],
    [failureThreshold >= 1, "its fallback never applies."],
    [
      failureThreshold * pollingInterval <= MAX_BLIND,
      `its fallback applies after ${failureThreshold} failures, one every ${pollingInterval} s, which must be within ${MAX_BLIND} s.`,
    ],
    // The default, 'static', takes pods away from a load that it does not see.
    [behavior?.startsWith("currentReplicas") === true, `its fallback is '${behavior ?? "static"}', whatever runs.`],
    [replicas >= 1 && replicas <= max, `it falls back to ${replicas} replicas of ${max}.`],
  ]);
  return [
    ...rules,
    ...triggers.filter(({ type }) => !TRIGGERS.includes(type)).map(({ type }) => `its trigger '${type}' is unknown.`),
    ...triggers.filter(({ type }) => type === "prometheus").flatMap((trigger) => triggerFailures(trigger, plan)),
  ];
}

function triggerFailures({ metadata, metricType }: Trigger, plan: Plan): string[] {
  const { serverAddress = "", query = "", threshold = "" } = metadata;
  const urls = prometheusUrls(plan);
  return failuresOf([
    [
      urls.includes(serverAddress),
      `its trigger queries '${serverAddress}', where no Prometheus answers (${urls.join(", ")}).`,
    ],
    [
      metricType === "AverageValue" || metricType === "Value",
      `its trigger compares a '${metricType ?? ""}'. Set AverageValue, or Value where each replica sees the same.`,
    ],
    [query !== "", "its trigger asks nothing."],
    [Number(threshold) > 0, `its trigger's threshold is '${threshold}', which must be above 0.`],
  ]);
}
