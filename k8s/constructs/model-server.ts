import { Construct } from "constructs";
import { VLLM_VERSION } from "../../platform/catalogue/metrics.ts";
import {
  CONTEXT_TOKENS,
  DRAIN_SECONDS,
  GPU_SHARE,
  type HostedModel,
  MODEL_PORT,
  MAX_REQUESTS,
  SHARED_MEMORY_GIB,
} from "../../platform/inference.ts";
import type { ServiceMonitor } from "../imports/monitoring.coreos.com.ts";
import {
  Deployment,
  type DeploymentStrategy,
  IntOrString,
  type NetworkPolicy,
  type PodDisruptionBudget,
  Quantity,
  Service,
  ServiceAccount,
  type Volume,
} from "../objects.ts";
import { Autoscaler } from "./autoscaler.ts";
import { DisruptionBudget } from "./disruption-budget.ts";
import { commonLabels, selectorLabels } from "./labels.ts";
import { NetworkAccess } from "./network-access.ts";
import type { Peer } from "./network-peers.ts";
import type { Placement } from "../../platform/placement.ts";
import type { Probes } from "./containers.ts";
import { podTemplate, stopLate } from "./pod-template.ts";
import { equals, foreign, type Matcher, series } from "./promql.ts";
import { Scrape, SCRAPED } from "./scrape.ts";

export const VLLM_IMAGE = `docker.io/vllm/vllm-openai:v${VLLM_VERSION}`;
/** Where weights stand, as Hugging Face's library lays them out. */
export const WEIGHTS_FOLDER = "/models";
const CACHE_FOLDER = "/cache";
const PROBE_PERIOD = 10;
/** Requests for which a replica is added: below what it runs at once, so that it is there when they come. */
const REQUESTS_PER_REPLICA = 24;
/** Rounds of waiting requests that a replica which is still starting will take in when it has. */
const ROUNDS = 4;

export interface ModelServerProps {
  readonly namespace: string;
  readonly model: HostedModel;
  readonly placement: Placement;
  /** The volume that has the weights, or takes them in. */
  readonly weights: Volume;
  /** Whether they are there before it starts; else it fetches them. */
  readonly cached: boolean;
  /** GPUs that are free when every model runs at its maximum. */
  readonly spareGpus: number;
  /** Whether something scales it on its requests. Otherwise it runs the minimum of replicas. */
  readonly autoscaled: boolean;
  readonly prometheus: string;
  /** Who connects to it, including Prometheus: vLLM serves metrics and requests on one port. */
  readonly from: readonly Peer[];
  /** What it connects to, other than DNS. */
  readonly to: readonly Peer[];
}

/** A model on GPUs of our own, served by vLLM with OpenAI's API. */
export class ModelServer extends Construct {
  readonly deployment: Deployment;
  readonly service: Service;
  readonly serviceAccount: ServiceAccount;
  readonly autoscaler: Autoscaler["autoscaler"] | undefined;
  readonly disruptionBudget: PodDisruptionBudget | undefined;
  readonly networkPolicy: NetworkPolicy;
  readonly serviceMonitor: ServiceMonitor;

  constructor(scope: Construct, id: string, props: ModelServerProps) {
    super(scope, id);
    const { namespace, model, from, to } = props;
    const { name, replicas } = model;
    const selector = { matchLabels: selectorLabels(name) };
    const labels = commonLabels(name, VLLM_VERSION);
    this.serviceAccount = new ServiceAccount(this, "account", {
      metadata: { name, namespace, labels },
      automountServiceAccountToken: false,
    });
    this.deployment = createDeployment(this, props);
    this.service = new Service(this, "service", {
      metadata: { name, namespace, labels: { ...labels, ...SCRAPED } },
      spec: {
        selector: selector.matchLabels,
        ports: [{ name: "http", port: MODEL_PORT, targetPort: IntOrString.fromString("http"), protocol: "TCP" }],
      },
    });
    this.autoscaler = props.autoscaled ? createAutoscaler(this, props, this.deployment) : undefined;
    this.disruptionBudget =
      replicas.min < 2
        ? undefined
        : new DisruptionBudget(this, "disruption-budget", { namespace, name, selector, minReplicas: replicas.min })
            .disruptionBudget;
    ({ networkPolicy: this.networkPolicy } = new NetworkAccess(this, "network", {
      namespace,
      name,
      selector,
      from,
      to,
    }));
    ({ serviceMonitor: this.serviceMonitor } = new Scrape(this, "scrape", { namespace, name, port: "http" }));
  }
}

function createAutoscaler(
  scope: Construct,
  { namespace, model: { name, replicas }, prometheus }: ModelServerProps,
  target: Deployment,
): Autoscaler["autoscaler"] {
  return new Autoscaler(scope, "autoscaler", {
    namespace,
    name,
    target,
    replicas,
    on: [{ kind: "query", query: demand(namespace, name), perReplica: REQUESTS_PER_REPLICA }],
    profile: "steady",
    prometheus,
  }).autoscaler;
}

/**
 * Requests that replicas have to be there for: those that run, and those that wait beyond what replicas that are still starting will
 * take. A start takes minutes; without that, every one of them would call for more. Those that start count as full, or they
 * would be taken away again before they are there.
 */
export function demand(namespace: string, job: string): string {
  const of = (metric: string, matchers: readonly Matcher[]): string => `sum(${series(foreign(metric), matchers)})`;
  const own = equals({ namespace, job });
  const [running, waiting] = [of("vllm:num_requests_running", own), of("vllm:num_requests_waiting", own)];
  const pods: Matcher[] = [
    ...equals({ namespace, condition: "false" }),
    { label: "pod", operator: "=~", value: `${job}-.*` },
  ];
  const starting = `(${of("kube_pod_status_ready", pods)} or vector(0))`;
  const beyond = `clamp_min(${waiting} - ${ROUNDS * REQUESTS_PER_REPLICA} * ${starting}, 0)`;
  return `${running} + ${REQUESTS_PER_REPLICA} * ${starting} + ${beyond}`;
}

/**
 * With a GPU to spare the new version starts before the old one goes. Without one it would never get the GPU that the old one holds, so
 * one replica stops first, or the only one.
 */
function strategyFor({ replicas }: HostedModel, spareGpus: number): DeploymentStrategy {
  const rolling = (surge: number, unavailable: number): DeploymentStrategy => ({
    type: "RollingUpdate",
    rollingUpdate: { maxSurge: IntOrString.fromNumber(surge), maxUnavailable: IntOrString.fromNumber(unavailable) },
  });
  if (spareGpus > 0) return rolling(1, 0);
  return replicas.max === 1 ? { type: "Recreate" } : rolling(0, 1);
}

function createDeployment(
  scope: Construct,
  { namespace, model, placement, weights, cached, spareGpus, autoscaled }: ModelServerProps,
): Deployment {
  const { name, memoryGiB } = model;
  const memory = `${memoryGiB}Gi`;
  const deployment = new Deployment(scope, "deployment", {
    metadata: { name, namespace, labels: commonLabels(name, VLLM_VERSION) },
    spec: {
      ...(!autoscaled && { replicas: model.replicas.min }),
      selector: { matchLabels: selectorLabels(name) },
      revisionHistoryLimit: 5,
      minReadySeconds: 5,
      progressDeadlineSeconds: 2 * model.startSeconds + DRAIN_SECONDS,
      strategy: strategyFor(model, spareGpus),
      template: podTemplate(scope, {
        name,
        version: VLLM_VERSION,
        image: VLLM_IMAGE,
        serviceAccount: name,
        placement,
        resources: { requests: { cpu: "2", memory }, limits: { cpu: "4", memory } },
        gpus: 1,
        drain: DRAIN_SECONDS,
        ports: { http: MODEL_PORT },
        probes: probesFor(model),
        command: ["vllm"],
        args: argumentsFor(model),
        environment: {
          HOME: CACHE_FOLDER,
          VLLM_CACHE_ROOT: `${CACHE_FOLDER}/vllm`,
          TRITON_CACHE_DIR: `${CACHE_FOLDER}/triton`,
          HF_HOME: WEIGHTS_FOLDER,
          ...(cached && { HF_HUB_OFFLINE: "1" }),
        },
        volumes: [
          { ...weights, name: "weights" },
          { name: "cache", emptyDir: { sizeLimit: Quantity.fromString("10Gi") } },
          {
            name: "shared-memory",
            emptyDir: { medium: "Memory", sizeLimit: Quantity.fromString(`${SHARED_MEMORY_GIB}Gi`) },
          },
        ],
        mounts: [
          { name: "weights", mountPath: WEIGHTS_FOLDER, ...(cached && { readOnly: true }) },
          { name: "cache", mountPath: CACHE_FOLDER },
          { name: "shared-memory", mountPath: "/dev/shm" },
        ],
      }),
    },
  });
  deployment.addJsonPatch(stopLate);
  return deployment;
}

function argumentsFor({ model, revision }: HostedModel): string[] {
  return [
    "serve",
    model.name,
    `--revision=${revision}`,
    `--served-model-name=${model.name}`,
    `--port=${MODEL_PORT}`,
    `--max-model-len=${CONTEXT_TOKENS}`,
    `--max-num-seqs=${MAX_REQUESTS}`,
    `--gpu-memory-utilization=${GPU_SHARE}`,
    // Its default of 0 ends answers in the middle of a word.
    `--shutdown-timeout=${DRAIN_SECONDS}`,
  ];
}

/** `/health` answers before a model can; `/v1/models` does when it is loaded. */
function probesFor({ startSeconds }: HostedModel): Probes {
  const get = (path: string): { httpGet: { path: string; port: IntOrString } } => ({
    httpGet: { path, port: IntOrString.fromString("http") },
  });
  return {
    startup: {
      ...get("/health"),
      periodSeconds: PROBE_PERIOD,
      timeoutSeconds: 5,
      failureThreshold: Math.ceil(startSeconds / PROBE_PERIOD),
    },
    liveness: { ...get("/health"), periodSeconds: 30, timeoutSeconds: 10, failureThreshold: 4 },
    readiness: { ...get("/v1/models"), periodSeconds: 5, timeoutSeconds: 5, failureThreshold: 3 },
  };
}
