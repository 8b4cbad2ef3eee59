import { count } from "../platform/count.ts";
import type { Labels } from "../plan/model/kubernetes.ts";
import { describeObject, type KubernetesObject } from "../plan/model/kubernetes.ts";
import type { PodSource } from "../plan/model/pods.ts";
import type { Proof } from "./proof.ts";
import { failuresOf, type Rule } from "./rules.ts";

type Bounds = readonly [min: number, max: number];

/** Numbers of a workload that decide how it is released, tried again and remembered, with why they are bounded. */
interface BoundedField {
  readonly path: readonly string[];
  readonly bounds: Bounds;
  readonly why: string;
  /** What Kubernetes takes where nothing is said. @default - it must be said */
  readonly otherwise?: number;
}

const releases: readonly BoundedField[] = [
  { path: ["minReadySeconds"], bounds: [0, 60], why: "a release waits so long for each pod" },
  { path: ["revisionHistoryLimit"], bounds: [1, 10], why: "going back needs one, and etcd keeps all" },
];
const jobs: readonly BoundedField[] = [
  { path: ["backoffLimit"], bounds: [1, 10], why: "a lost node ends a pod, and a fault of the program ends all" },
  { path: ["activeDeadlineSeconds"], bounds: [60, 6 * 3600], why: "a deployment waits until it ends" },
];
const inJobTemplate = ({ path, ...rest }: BoundedField): BoundedField => ({
  ...rest,
  path: ["jobTemplate", "spec", ...path],
});

const boundedFields: Readonly<Record<string, readonly BoundedField[]>> = {
  Deployment: [
    ...releases,
    {
      path: ["progressDeadlineSeconds"],
      bounds: [60, 3600],
      why: "a release that hangs is not noticed before",
      otherwise: 600,
    },
  ],
  Rollout: releases,
  StatefulSet: releases,
  Job: jobs,
  CronJob: [
    ...jobs.map(inJobTemplate),
    { path: ["startingDeadlineSeconds"], bounds: [10, 3600], why: "the controller looks every 10 s" },
    { path: ["successfulJobsHistoryLimit"], bounds: [1, 10], why: "logs go with a job, and etcd keeps all" },
    { path: ["failedJobsHistoryLimit"], bounds: [1, 10], why: "logs go with a job, and etcd keeps all" },
  ],
};

/** Numbers of what operators make pods of. */
const ofOperated: Readonly<Record<string, readonly BoundedField[]>> = {
  RabbitmqCluster: [
    { path: ["replicas"], bounds: [1, 9], why: "without a node there is no broker, and each write waits for most" },
    {
      path: ["terminationGracePeriodSeconds"],
      bounds: [60, 7 * 24 * 3600],
      why: "a node gives its queues to others before it ends",
    },
  ],
};

export const validWorkloads: Proof = {
  name: "valid-workloads",
  claim: "Each of our workloads is released without losing pods, has limited retries, and has the labels of its pods.",
  examine({ podSources, objects }) {
    const ours = podSources.filter(({ addon }) => addon === undefined);
    const operated = objects.filter(({ manifest }) => ofOperated[manifest.kind]).map(({ manifest }) => manifest);
    const bounds = [
      ...ours.flatMap(({ kind }) => boundedFields[kind] ?? []),
      ...operated.flatMap(({ kind }) => ofOperated[kind] ?? []),
    ];
    return {
      evidence: [`${count(ours.length, "workload")}, ${count(bounds.length, "number")} within bounds`],
      failures: [
        ...ours.flatMap((source) =>
          failuresOf([...boundRules(source.object, boundedFields), ...strategyRules(source), ...hookRules(source)]).map(
            (fault) => `${source.description}: ${fault}`,
          ),
        ),
        ...operated.flatMap((object) =>
          failuresOf(boundRules(object, ofOperated)).map((fault) => `${describeObject(object)}: ${fault}`),
        ),
        ...objects.flatMap(({ manifest }) => labelFailures(manifest, ours)),
      ],
    };
  },
};

const at = (value: unknown, path: readonly string[]): unknown =>
  path.reduce((inner, key) => (inner as Record<string, unknown> | undefined)?.[key], value);

const boundRules = (
  { kind, spec }: KubernetesObject,
  fields: Readonly<Record<string, readonly BoundedField[]>>,
): Rule[] =>
  (fields[kind] ?? []).map(({ path, bounds: [min, max], why, otherwise }) => {
    const value = at(spec, path) ?? otherwise;
    const said = typeof value === "number" ? String(value) : "not set";
    return [
      typeof value === "number" && value >= min && value <= max,
      `${path.at(-1) ?? ""} is ${said}, and must be ${min} to ${max}: ${why}.`,
    ];
  });

interface Rolling {
  readonly maxSurge?: number | string;
  readonly maxUnavailable?: number | string;
}

interface Canary extends Rolling {
  readonly abortScaleDownDelaySeconds?: number;
}

interface Spec {
  readonly strategy?: { readonly type?: string; readonly rollingUpdate?: Rolling; readonly canary?: Canary };
}

/** Percent of the replicas that a release may add at once: all of them would need twice the nodes. */
const MAX_SURGE = 50;
/** Seconds for which pods of an aborted release are kept, while requests still arrive. */
const ABORTED: Bounds = [30, 600];

/** New pods come first, or, where a GPU is free for none, one old pod goes first. */
function strategyRules({ kind, object, requests }: PodSource): Rule[] {
  const { type = "RollingUpdate", rollingUpdate, canary } = (object.spec as Spec).strategy ?? {};
  if (kind === "Rollout" && canary) return [releaseRule(canary, requests.gpus), abortRule(canary)];
  return kind === "Deployment" && type === "RollingUpdate" ? [releaseRule(rollingUpdate ?? {}, requests.gpus)] : [];
}

function releaseRule({ maxSurge, maxUnavailable }: Rolling, gpus: number): Rule {
  const isFirst = isSurge(maxSurge) && maxUnavailable === 0;
  const isSwap = gpus > 0 && maxSurge === 0 && maxUnavailable === 1;
  return [
    isFirst || isSwap,
    `a release adds ${String(maxSurge)} pods and takes ${String(maxUnavailable)} away at once. Add up to ${MAX_SURGE}% and take none away.`,
  ];
}

const abortRule = ({ abortScaleDownDelaySeconds: delay = ABORTED[0] }: Canary): Rule => [
  delay >= ABORTED[0] && delay <= ABORTED[1],
  `pods of an aborted release are kept for ${delay} s, which must be ${ABORTED.join(" to ")}.`,
];

function isSurge(surge: number | string | undefined): boolean {
  if (typeof surge === "number") return surge >= 1;
  const percent = Number(/^(\d+)%$/.exec(surge ?? "")?.[1]);
  return percent > 0 && percent <= MAX_SURGE;
}

const HOOK = "argocd.argoproj.io/hook";
const DELETION = "argocd.argoproj.io/hook-delete-policy";

/** The template of a Job cannot be changed. */
function hookRules({ kind, object: { metadata } }: PodSource): Rule[] {
  const { [HOOK]: hook, [DELETION]: deletion } = metadata.annotations ?? {};
  return kind === "Job"
    ? [
        [
          hook === "Sync" && deletion === "BeforeHookCreation",
          `Argo CD cannot change a Job, and must make it again at each sync. Annotate ${HOOK}: Sync and ${DELETION}: BeforeHookCreation.`,
        ],
      ]
    : [];
}

const NAME = "app.kubernetes.io/name";
const VERSION = "app.kubernetes.io/version";
const SERVING = ["Deployment", "Rollout", "StatefulSet"];

/** What belongs to a serving workload is found by the labels of its pods: `kubectl get all -l app.kubernetes.io/name=api`. */
function labelFailures(object: KubernetesObject, ours: readonly PodSource[]): string[] {
  const owner = ours.find((source) => SERVING.includes(source.kind) && belongsTo(object, source));
  if (!owner) return [];
  const { labels = {} } = object.metadata;
  return [NAME, VERSION]
    .filter((label) => labels[label] !== owner.labels[label])
    .map(
      (label) =>
        `${describeObject(object)}: its label ${label} is '${labels[label] ?? ""}', and that of ${owner.description}'s pods '${owner.labels[label] ?? ""}'. Make them equal.`,
    );
}

function belongsTo(object: KubernetesObject, { object: owner, namespace, labels, spec }: PodSource): boolean {
  const { kind, metadata } = object;
  if (metadata.namespace !== namespace) return false;
  if (kind === "ServiceAccount") return metadata.name === spec.serviceAccountName;
  const { selector } = (object.spec ?? {}) as { readonly selector?: Labels };
  return object === owner || (kind === "Service" && selector?.[NAME] === labels[NAME]);
}
