import { bytes, millicores } from "../../platform/quantity.ts";
import {
  describeObject,
  type KubernetesObject,
  type Labels,
  type PodSpec,
  type PodTemplate,
  waveOf,
} from "./kubernetes.ts";

/** What one pod asks of its node. CPU in millicores, memory in bytes. */
export interface Requests {
  readonly cpu: number;
  readonly memory: number;
  readonly gpus: number;
}

/** A rendered object that makes pods, and how many. */
export interface PodSource {
  /** `Deployment application/api`. */
  readonly description: string;
  readonly kind: string;
  readonly namespace: string;
  readonly name: string;
  readonly object: KubernetesObject;
  readonly labels: Labels;
  readonly spec: PodSpec;
  readonly requests: Requests;
  readonly replicas: { readonly min: number; readonly max: number };
  /** Pods beyond `replicas.max` while a new version rolls out. */
  readonly surge: number;
  /** One on every node that it tolerates, whatever `replicas` says. */
  readonly everyNode: boolean;
  /** When Argo CD applies it. */
  readonly wave: number;
  /** The add-on whose source renders it. @default - it is ours */
  readonly addon?: string;
}

type Replicas = PodSource["replicas"];

interface WorkloadSpec {
  readonly replicas?: number;
  readonly parallelism?: number;
  readonly template: PodTemplate;
  readonly jobTemplate?: { readonly spec: WorkloadSpec };
  readonly strategy?: {
    readonly type?: string;
    readonly rollingUpdate?: { readonly maxSurge?: string | number };
    readonly canary?: {
      readonly maxSurge?: string | number;
      readonly trafficRouting?: object;
      readonly dynamicStableScale?: boolean;
    };
  };
}

const KINDS = new Set(["Deployment", "Rollout", "StatefulSet", "DaemonSet", "Job", "CronJob"]);

/** The sources of pods among `objects`: ours in their own waves, or what an add-on renders in that of its Application. */
export function podSourcesOf(
  objects: readonly KubernetesObject[],
  rendered?: { readonly addon: string; readonly wave: number },
): PodSource[] {
  return objects
    .filter(({ kind }) => KINDS.has(kind))
    .map((object) => ({ ...readPodSource(object, objects), wave: waveOf(object), ...rendered }));
}

function readPodSource(object: KubernetesObject, objects: readonly KubernetesObject[]): Omit<PodSource, "wave"> {
  const { kind, metadata } = object;
  const outer = object.spec as WorkloadSpec;
  const spec = outer.jobTemplate?.spec ?? outer;
  const replicas = autoscaledReplicas(object, objects) ?? fixedReplicas(spec);
  return {
    description: describeObject(object),
    kind,
    namespace: metadata.namespace ?? "default",
    name: metadata.name,
    object,
    labels: spec.template.metadata?.labels ?? {},
    spec: spec.template.spec,
    requests: requestsOf(spec.template.spec),
    replicas,
    surge: surges[kind]?.(spec, replicas.max) ?? 0,
    everyNode: kind === "DaemonSet",
  };
}

function fixedReplicas({ replicas, parallelism }: WorkloadSpec): Replicas {
  const count = replicas ?? parallelism ?? 1;
  return { min: count, max: count };
}

interface AutoscalerSpec {
  readonly scaleTargetRef: { readonly kind?: string; readonly name: string };
  readonly minReplicas?: number;
  readonly maxReplicas?: number;
  readonly minReplicaCount?: number;
  readonly maxReplicaCount?: number;
}

/** The bounds of the autoscaler that points at an object; none when nothing does. */
function autoscaledReplicas(target: KubernetesObject, objects: readonly KubernetesObject[]): Replicas | undefined {
  const autoscaler = objects.find(({ kind, metadata, spec }) => {
    if (!(kind in bounds) || metadata.namespace !== target.metadata.namespace) return false;
    const { kind: targetKind = "Deployment", name } = (spec as AutoscalerSpec).scaleTargetRef;
    return targetKind === target.kind && name === target.metadata.name;
  });
  return autoscaler && bounds[autoscaler.kind]?.(autoscaler.spec as AutoscalerSpec);
}

/** Defaults: a ScaledObject goes from 0 to 100, an HPA never below 1. */
const bounds: Readonly<Record<string, (spec: AutoscalerSpec) => Replicas>> = {
  HorizontalPodAutoscaler: ({ minReplicas = 1, maxReplicas = 1 }) => ({ min: minReplicas, max: maxReplicas }),
  ScaledObject: ({ minReplicaCount = 0, maxReplicaCount = 100 }) => ({ min: minReplicaCount, max: maxReplicaCount }),
};

const surges: Readonly<Record<string, (spec: WorkloadSpec, replicas: number) => number>> = {
  Deployment: surgeOf,
  // With its traffic split, the old version stays whole until the new one has all of it.
  Rollout: ({ strategy }, replicas) =>
    strategy?.canary?.trafficRouting && !strategy.canary.dynamicStableScale
      ? replicas
      : scaled(strategy?.canary?.maxSurge ?? "25%", replicas),
};

/** Kubernetes rounds a surge's percentage up, and takes 25 % when none is named. */
function surgeOf({ strategy }: WorkloadSpec, replicas: number): number {
  if (strategy?.type === "Recreate") return 0;
  return scaled(strategy?.rollingUpdate?.maxSurge ?? "25%", replicas);
}

/** An int-or-percentage of a number, rounded up as Kubernetes does for budgets and surges. */
export function scaled(value: string | number, of: number): number {
  return typeof value === "string" && value.endsWith("%") ? Math.ceil((parseFloat(value) / 100) * of) : Number(value);
}

/**
 * What the scheduler counts: the containers with the sidecars (init containers that keep running) together, or the
 * largest moment of initialization when that is more, and the runtime's overhead.
 */
export function requestsOf({ containers, initContainers = [], overhead = {} }: PodSpec): Requests {
  const running = containers.map(({ resources }) => resources?.requests ?? {});
  const sidecars: Amounts[] = [];
  const moments: Amounts[][] = [];
  for (const { resources, restartPolicy } of initContainers) {
    const requests = resources?.requests ?? {};
    moments.push([...sidecars, requests]);
    if (restartPolicy === "Always") sidecars.push(requests);
  }
  const most = (resource: string, unit: (amount: string | number) => number): number => {
    const total = (amounts: readonly Amounts[]): number =>
      amounts.reduce((sum, requests) => sum + unit(requests[resource] ?? 0), 0);
    return Math.max(total([...running, ...sidecars]), ...moments.map(total)) + unit(overhead[resource] ?? 0);
  };
  return { cpu: most("cpu", millicores), memory: most("memory", bytes), gpus: most("nvidia.com/gpu", Number) };
}

type Amounts = Readonly<Record<string, string | number>>;
