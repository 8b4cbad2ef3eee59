import { Construct } from "constructs";
import type { Resources, ScaleProfile } from "../../platform/service.ts";
import type { Signal } from "../../platform/signals.ts";
import {
  Deployment,
  IntOrString,
  type LabelSelector,
  type NetworkPolicy,
  type PodDisruptionBudget,
  Service,
  ServiceAccount,
} from "../objects.ts";
import type { ServiceMonitor } from "../imports/monitoring.coreos.com.ts";
import type { Objective } from "../../platform/objectives.ts";
import { Autoscaler } from "./autoscaler.ts";
import { blueGreenStrategy, previewName } from "./blue-green.ts";
import { analysisOf, canaryName, canaryStrategy, ReleaseAnalysis } from "./canary.ts";
import { DisruptionBudget } from "./disruption-budget.ts";
import { commonLabels, selectorLabels } from "./labels.ts";
import { NetworkAccess } from "./network-access.ts";
import type { Peer } from "./network-peers.ts";
import type { Placement } from "../../platform/placement.ts";
import { healthProbes } from "./containers.ts";
import { type PodOptions, podTemplate, stopLate } from "./pod-template.ts";
import { Rollout, type RolloutSpec } from "./rollout.ts";
import { Scrape, SCRAPED } from "./scrape.ts";

export interface WorkloadProps extends PodOptions {
  readonly namespace: string;
  readonly name: string;
  readonly image: string;
  readonly version: string;
  readonly placement: Placement;
  /** Ports by name. `metrics` is scraped. */
  readonly ports: Readonly<Record<string, number>> & { readonly metrics: number };
  /** The port on which the three probes are answered. */
  readonly probePort: string;
  readonly resources: Resources;
  readonly scale: WorkloadScale;
  /** How a new version replaces the old one. @default "rolling" */
  readonly release?: WorkloadRelease;
  /** Seconds that work in hand may take to end after SIGTERM. */
  readonly drain: number;
  /** Who connects to it, Prometheus included. @default - nobody */
  readonly from?: readonly Peer[];
  /** What it connects to, other than DNS. @default - nothing */
  readonly to?: readonly Peer[];
}

/** A Deployment, or a Rollout whose new version is judged by objectives. */
export type WorkloadRelease =
  | "rolling"
  | { readonly canary: readonly Objective[] }
  /** Without objectives, the new version is promoted as soon as its pods are ready. */
  | { readonly blueGreen: readonly Objective[] };

export interface WorkloadScale {
  /** The bounds of the autoscaler, or a fixed number of replicas without one. */
  readonly replicas: { readonly min: number; readonly max: number } | number;
  readonly on: readonly [Signal, ...Signal[]];
  readonly profile: ScaleProfile;
  /** The URL at which Prometheus answers, for signals that are metrics and for the analysis of a release. */
  readonly prometheus: string;
}

/**
 * A service that runs until it is removed: a Deployment or Rollout with everything that belongs to it. Its pods meet Pod Security's
 * `restricted` level, are spread, probed, drained, scaled, budgeted and scraped, and connect only to what was declared.
 */
export class Workload extends Construct {
  /** Either a Deployment or a Rollout, depending on `release`. */
  readonly deployment: Deployment | undefined;
  readonly rollout: Rollout | undefined;
  /** Gets the requests. During a canary or blue-green release it leads to the old version. */
  readonly service: Service;
  readonly serviceAccount: ServiceAccount;
  /** Absent for a fixed number of replicas. */
  readonly autoscaler: Autoscaler["autoscaler"] | undefined;
  /** Absent for a workload that may run as one replica: a budget would block every drain. */
  readonly disruptionBudget: PodDisruptionBudget | undefined;
  readonly networkPolicy: NetworkPolicy;
  readonly serviceMonitor: ServiceMonitor;

  constructor(scope: Construct, id: string, props: WorkloadProps) {
    super(scope, id);
    const { namespace, name, version, scale, release = "rolling" } = props;
    const selector: LabelSelector = { matchLabels: selectorLabels(name) };
    const metadata = { name, namespace, labels: commonLabels(name, version) };
    if (!(props.probePort in props.ports)) {
      throw new Error(
        `${this.node.path}: 'probePort' is '${props.probePort}', which is none of its ports (${Object.keys(props.ports).join(", ")}).`,
      );
    }

    this.serviceAccount = new ServiceAccount(this, "account", { metadata, automountServiceAccountToken: false });
    this.deployment = release === "rolling" ? createDeployment(this, props) : undefined;
    this.rollout = release === "rolling" ? undefined : createRollout(this, props, release);
    this.service = createServices(this, props, release);
    const { replicas } = scale;
    const target = this.deployment ?? (this.rollout as Rollout);
    this.autoscaler =
      typeof replicas === "number"
        ? undefined
        : new Autoscaler(this, "autoscaler", { namespace, name, target, ...scale, replicas }).autoscaler;
    this.disruptionBudget = createBudget(this, props, selector);
    ({ networkPolicy: this.networkPolicy } = new NetworkAccess(this, "network", {
      namespace,
      name,
      selector,
      from: props.from ?? [],
      to: props.to ?? [],
    }));
    ({ serviceMonitor: this.serviceMonitor } = new Scrape(this, "scrape", { namespace, name, port: "metrics" }));
  }
}

function createBudget(
  scope: Construct,
  { namespace, name, scale: { replicas } }: WorkloadProps,
  selector: LabelSelector,
): PodDisruptionBudget | undefined {
  const minReplicas = typeof replicas === "number" ? replicas : replicas.min;
  if (minReplicas < 2) return undefined;
  return new DisruptionBudget(scope, "disruption-budget", { namespace, name, selector, minReplicas }).disruptionBudget;
}

/** The Service that gets requests. A Rollout has another for the new version, and one through which Prometheus finds both. */
function createServices(scope: Construct, props: WorkloadProps, release: WorkloadRelease): Service {
  const { namespace, name, version, ports } = props;
  const { metrics } = ports;
  const create = (id: string, called: string, of: Readonly<Record<string, number>>, labels: object = {}): Service =>
    new Service(scope, id, {
      metadata: { name: called, namespace, labels: { ...commonLabels(name, version), ...labels } },
      spec: {
        selector: selectorLabels(name),
        // The Service's port equals the pod's: the VPC CNI applies policies to no other.
        ports: Object.entries(of).map(([port, number]) => ({
          name: port,
          port: number,
          targetPort: IntOrString.fromString(port),
          protocol: "TCP",
        })),
      },
    });
  if (release === "rolling") return create("service", name, ports, SCRAPED);
  if ("canary" in release) create("canary-service", canaryName(name), ports);
  else create("preview-service", previewName(name), ports);
  create("metrics-service", `${name}-metrics`, { metrics }, SCRAPED);
  return create("service", name, ports);
}

/** What a Deployment and a Rollout have in common. An autoscaler owns `replicas`, and a number in the spec would reset it. */
function runningSpec(
  scope: Construct,
  props: WorkloadProps,
  versionLabel: string,
): Pick<RolloutSpec, "selector" | "template" | "replicas" | "revisionHistoryLimit" | "minReadySeconds"> {
  const {
    name,
    scale: { replicas },
  } = props;
  return {
    ...(typeof replicas === "number" && { replicas }),
    selector: { matchLabels: selectorLabels(name) },
    revisionHistoryLimit: 5,
    minReadySeconds: 5,
    template: podTemplate(scope, {
      ...props,
      serviceAccount: name,
      versionLabel,
      probes: healthProbes(props.probePort),
    }),
  };
}

function createRollout(scope: Construct, props: WorkloadProps, release: Exclude<WorkloadRelease, "rolling">): Rollout {
  const {
    namespace,
    name,
    version,
    scale: { prometheus },
  } = props;
  const objectives = "canary" in release ? release.canary : release.blueGreen;
  const isJudged = objectives.length > 0;
  if (isJudged) new ReleaseAnalysis(scope, "analysis", { namespace, name, objectives, prometheus });
  const rollout = new Rollout(scope, "rollout", {
    metadata: { name, namespace, labels: commonLabels(name, version) },
    spec: {
      ...runningSpec(scope, props, "rollouts-pod-template-hash"),
      progressDeadlineSeconds: 600,
      strategy:
        "canary" in release
          ? { canary: canaryStrategy({ namespace, name }) }
          : { blueGreen: blueGreenStrategy(name, isJudged ? analysisOf(name) : undefined) },
    },
  });
  rollout.addJsonPatch(stopLate);
  return rollout;
}

function createDeployment(scope: Construct, props: WorkloadProps): Deployment {
  const { namespace, name, version } = props;
  const deployment = new Deployment(scope, "deployment", {
    metadata: { name, namespace, labels: commonLabels(name, version) },
    spec: {
      ...runningSpec(scope, props, "pod-template-hash"),
      strategy: {
        type: "RollingUpdate",
        rollingUpdate: { maxSurge: IntOrString.fromString("25%"), maxUnavailable: IntOrString.fromNumber(0) },
      },
    },
  });
  deployment.addJsonPatch(stopLate);
  return deployment;
}
