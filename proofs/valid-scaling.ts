import { describeObject, type KubernetesObject } from "../plan/model/kubernetes.ts";
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
  readonly metrics?: readonly {
    readonly type: string;
    readonly resource?: { readonly target?: { readonly averageUtilization?: number } };
  }[];
  readonly minReplicaCount?: number;
  readonly maxReplicaCount?: number;
  readonly pollingInterval?: number;
  readonly fallback?: { readonly replicas?: number; readonly failureThreshold?: number };
  readonly advanced?: { readonly horizontalPodAutoscalerConfig?: { readonly behavior?: Behavior } };
  readonly triggers?: readonly { readonly type: string; readonly metadata: Readonly<Record<string, string>> }[];
}

/** Below, most of what is paid for is idle; above, a pod has no room while others start. */
const UTILIZATION = [30, 90] as const;
/** Percent of the replicas that may go in a minute, and seconds of calm before: load that comes back finds most of them. */
const MAX_DOWN = { percent: 50, perSeconds: 60, calm: 60 };
/** Seconds between two looks at a queue. */
const MAX_POLLING = 60;

export const validScaling: Proof = {
  name: "valid-scaling",
  claim: "Every autoscaler may add replicas fast, removes them slowly, and knows what to do without its metric.",
  examine({ objects }) {
    const scalers = objects
      .map(({ manifest }) => manifest)
      .filter(({ kind }) => kind === "HorizontalPodAutoscaler" || kind === "ScaledObject");
    return {
      evidence: [`${scalers.length} autoscalers`],
      failures: scalers.flatMap((scaler) =>
        scalerFailures(scaler).map((failure) => `${describeObject(scaler)}: ${failure}`),
      ),
    };
  },
};

function scalerFailures({ kind, spec }: KubernetesObject): string[] {
  const scaler = spec as Spec;
  const isQueue = kind === "ScaledObject";
  const { behavior, min, max } = isQueue ? ofQueue(scaler) : ofResources(scaler);
  return [
    ...(min >= 1 && max >= min ? [] : [`it scales from ${min} to ${max} replicas.`]),
    ...upFailures(behavior?.scaleUp),
    ...downFailures(behavior?.scaleDown),
    ...(isQueue ? queueFailures(scaler, max) : resourceFailures(scaler)),
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
    [stabilizationWindowSeconds <= 60, `it waits ${stabilizationWindowSeconds} s before it adds a replica.`],
  ]);
}

function downFailures({ stabilizationWindowSeconds = 0, selectPolicy = "Max", policies = [] }: Rules = {}): string[] {
  const { percent, perSeconds, calm } = MAX_DOWN;
  const slow = policies.every(
    ({ type, value = Infinity, periodSeconds = 0 }) =>
      type === "Percent" && value >= 1 && value <= percent && periodSeconds >= perSeconds,
  );
  const isCalm = stabilizationWindowSeconds >= calm && stabilizationWindowSeconds <= 3600;
  return failuresOf([
    [policies.length > 0 && slow, `it may remove more than ${percent} % of its replicas in a minute.`],
    [selectPolicy !== "Disabled", "it never removes a replica."],
    [isCalm, `it removes replicas after ${stabilizationWindowSeconds} s of calm.`],
  ]);
}

function resourceFailures({ metrics = [] }: Spec): string[] {
  const [least, most] = UTILIZATION;
  if (metrics.length === 0) return ["it reads no metric."];
  return metrics.flatMap(({ type, resource }) => {
    const utilization = resource?.target?.averageUtilization;
    if (type !== "Resource" || (utilization !== undefined && utilization >= least && utilization <= most)) return [];
    return [`its target is a utilization of ${utilization ?? "?"} %, which must be ${least} to ${most}.`];
  });
}

function queueFailures({ triggers = [], fallback, pollingInterval = 30 }: Spec, max: number): string[] {
  const replicas = fallback?.replicas ?? 0;
  const rules = failuresOf([
    [triggers.length > 0, "it has no trigger."],
    [pollingInterval >= 1 && pollingInterval <= MAX_POLLING, `it looks at its triggers each ${pollingInterval} s.`],
    [(fallback?.failureThreshold ?? 0) >= 1, "its fallback never applies."],
    [replicas >= 1 && replicas <= max, `it falls back to ${replicas} replicas of ${max}.`],
  ]);
  return [
    ...rules,
    ...triggers.filter(({ type }) => type === "prometheus").flatMap(({ metadata }) => triggerFailures(metadata)),
  ];
}

const triggerFailures = ({
  serverAddress = "",
  query = "",
  threshold = "",
}: Readonly<Record<string, string>>): string[] =>
  failuresOf([
    [/^https?:\/\/[^/]+/.test(serverAddress), `its trigger asks '${serverAddress}', which is no URL.`],
    [query !== "", "its trigger asks nothing."],
    [Number(threshold) > 0, `its trigger's threshold is '${threshold}', which must be above 0.`],
  ]);
