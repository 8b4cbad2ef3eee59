import { Construct } from "constructs";
import type { Resources, ScaleProfile, Signal } from "../../platform/service.ts";
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
import { CanaryAnalysis, canaryName, canaryStrategy } from "./canary.ts";
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
  /** Where it connects to, besides DNS. @default - nowhere */
  readonly to?: readonly Peer[];
}

/** `rolling`: a Deployment. A canary: a Rollout, whose new version is judged by objectives while its traffic grows. */
export type WorkloadRelease = "rolling" | { readonly canary: readonly Objective[] };

export interface WorkloadScale {
  readonly replicas: { readonly min: number; readonly max: number };
  readonly on: readonly [Signal, ...Signal[]];
  readonly profile: ScaleProfile;
  /** Where Prometheus answers, for signals that are metrics. */
  readonly prometheus: string;
}

/**
 * Something of ours that runs for as long as it is there: a Deployment or Rollout with everything that a good one has. Its pods
 * keep Pod Security's `restricted` level, are spread, probed, drained, scaled, budgeted, scraped, and reach only what
 * they were declared to reach.
 */
export class Workload extends Construct {
  /** One of them, as `release` says. */
  readonly deployment: Deployment | undefined;
  readonly rollout: Rollout | undefined;
  /** Who is sent requests; while a canary runs, the old version. */
  readonly service: Service;
  readonly serviceAccount: ServiceAccount;
  readonly autoscaler: Autoscaler["autoscaler"];
  /** Absent for a workload that may run as one replica: no budget over one lets a drain go on. */
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
    this.rollout = release === "rolling" ? undefined : createRollout(this, props, release.canary);
    this.service = createServices(this, props, release);
    ({ autoscaler: this.autoscaler } = new Autoscaler(this, "autoscaler", {
      namespace,
      name,
      target: this.deployment ?? (this.rollout as Rollout),
      ...scale,
    }));
    this.disruptionBudget =
      scale.replicas.min < 2
        ? undefined
        : new DisruptionBudget(this, "disruption-budget", {
            namespace,
            name,
            selector,
            minReplicas: scale.replicas.min,
          }).disruptionBudget;
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

/** The Service that carries requests, and for a canary one more for the new version and one for Prometheus, which reads both. */
function createServices(scope: Construct, props: WorkloadProps, release: WorkloadRelease): Service {
  const { namespace, name, version, ports } = props;
  const { metrics } = ports;
  const create = (id: string, called: string, of: Readonly<Record<string, number>>, labels: object = {}): Service =>
    new Service(scope, id, {
      metadata: { name: called, namespace, labels: { ...commonLabels(name, version), ...labels } },
      spec: {
        selector: selectorLabels(name),
        // The port of the Service is the port of the pod: the VPC CNI's policies see no other.
        ports: Object.entries(of).map(([port, number]) => ({
          name: port,
          port: number,
          targetPort: IntOrString.fromString(port),
          protocol: "TCP",
        })),
      },
    });
  if (release === "rolling") return create("service", name, ports, SCRAPED);
  create("canary-service", canaryName(name), ports);
  create("metrics-service", `${name}-metrics`, { metrics }, SCRAPED);
  return create("service", name, ports);
}

/** What a Deployment and a Rollout have in common. No `replicas`: the autoscaler owns the number, and a second owner would reset it. */
function runningSpec(
  scope: Construct,
  props: WorkloadProps,
  versionLabel: string,
): Pick<RolloutSpec, "selector" | "template"> & { revisionHistoryLimit: number; minReadySeconds: number } {
  const { name } = props;
  return {
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

function createRollout(scope: Construct, props: WorkloadProps, objectives: readonly Objective[]): Rollout {
  const { namespace, name, version } = props;
  new CanaryAnalysis(scope, "analysis", { namespace, name, objectives, prometheus: props.scale.prometheus });
  const rollout = new Rollout(scope, "rollout", {
    metadata: { name, namespace, labels: commonLabels(name, version) },
    spec: {
      ...runningSpec(scope, props, "rollouts-pod-template-hash"),
      progressDeadlineSeconds: 600,
      strategy: { canary: canaryStrategy({ namespace, name }) },
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
