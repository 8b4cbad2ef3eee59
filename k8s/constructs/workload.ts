import { JsonPatch } from "cdk8s";
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
import { Autoscaler } from "./autoscaler.ts";
import { DisruptionBudget } from "./disruption-budget.ts";
import { commonLabels, selectorLabels } from "./labels.ts";
import { NetworkAccess } from "./network-access.ts";
import { type Peer, prometheus, tcp } from "./network-peers.ts";
import { healthProbes, type Placement, podTemplate, SECONDS_BEFORE_STOP } from "./pod-template.ts";
import { Scrape } from "./scrape.ts";

export interface WorkloadProps {
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
  /** Seconds that work in hand may take to end after SIGTERM. */
  readonly drain: number;
  /** @default - none */
  readonly environment?: Readonly<Record<string, string>>;
  /** The Secret whose keys it reads as files. @default - none */
  readonly secret?: string;
  /** Who connects to it, beside Prometheus. @default - nobody */
  readonly from?: readonly Peer[];
  /** Where it connects to, beside the name server. @default - nowhere */
  readonly to?: readonly Peer[];
}

export interface WorkloadScale {
  readonly replicas: { readonly min: number; readonly max: number };
  readonly on: readonly [Signal, ...Signal[]];
  readonly profile: ScaleProfile;
  /** Where Prometheus answers, for signals that are metrics. */
  readonly prometheus: string;
}

/**
 * Something of ours that runs for as long as it is there: a Deployment with everything that a good one has. Its pods
 * keep Pod Security's `restricted` level, are spread, probed, drained, scaled, budgeted, scraped, and reach only what
 * they were declared to reach.
 */
export class Workload extends Construct {
  readonly deployment: Deployment;
  readonly service: Service;
  readonly serviceAccount: ServiceAccount;
  readonly autoscaler: Autoscaler["autoscaler"];
  /** Absent for a workload that may run as one replica: no budget over one lets a drain go on. */
  readonly disruptionBudget: PodDisruptionBudget | undefined;
  readonly networkPolicy: NetworkPolicy;
  readonly serviceMonitor: ServiceMonitor;

  constructor(scope: Construct, id: string, props: WorkloadProps) {
    super(scope, id);
    const { namespace, name, version, scale } = props;
    const selector: LabelSelector = { matchLabels: selectorLabels(name) };
    const metadata = { name, namespace, labels: commonLabels(name, version) };
    if (!(props.probePort in props.ports)) {
      throw new Error(
        `${this.node.path}: 'probePort' is '${props.probePort}', which is none of its ports (${Object.keys(props.ports).join(", ")}).`,
      );
    }

    this.serviceAccount = new ServiceAccount(this, "account", { metadata, automountServiceAccountToken: false });
    this.deployment = createDeployment(this, props);
    this.service = new Service(this, "service", {
      metadata,
      spec: {
        selector: selectorLabels(name),
        // The port of the Service is the port of the pod: the VPC CNI's policies see no other.
        ports: Object.entries(props.ports).map(([port, number]) => ({
          name: port,
          port: number,
          targetPort: IntOrString.fromString(port),
          protocol: "TCP",
        })),
      },
    });
    ({ autoscaler: this.autoscaler } = new Autoscaler(this, "autoscaler", {
      namespace,
      name,
      target: this.deployment,
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
      from: [{ peers: [prometheus], ports: tcp(props.ports.metrics) }, ...(props.from ?? [])],
      to: props.to ?? [],
    }));
    ({ serviceMonitor: this.serviceMonitor } = new Scrape(this, "scrape", { namespace, name, port: "metrics" }));
  }
}

function createDeployment(scope: Construct, props: WorkloadProps): Deployment {
  const { namespace, name, version } = props;
  const deployment = new Deployment(scope, "deployment", {
    metadata: { name, namespace, labels: commonLabels(name, version) },
    spec: {
      // No `replicas`: the autoscaler owns the number, and a second owner would reset it at every apply.
      selector: { matchLabels: selectorLabels(name) },
      revisionHistoryLimit: 5,
      minReadySeconds: 5,
      strategy: {
        type: "RollingUpdate",
        rollingUpdate: { maxSurge: IntOrString.fromString("25%"), maxUnavailable: IntOrString.fromNumber(0) },
      },
      template: podTemplate({ ...props, serviceAccount: name, probes: healthProbes(props.probePort) }),
    },
  });
  // `sleep` needs no shell in the image. It is younger than the kinds' library (KEP-3960, Kubernetes 1.30).
  deployment.addJsonPatch(
    JsonPatch.add("/spec/template/spec/containers/0/lifecycle", {
      preStop: { sleep: { seconds: SECONDS_BEFORE_STOP } },
    }),
  );
  return deployment;
}
