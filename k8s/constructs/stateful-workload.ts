import { Construct } from "constructs";
import type { Placement } from "../../platform/placement.ts";
import type { Resources } from "../../platform/service.ts";
import type { ServiceMonitor } from "../imports/monitoring.coreos.com.ts";
import {
  IntOrString,
  type NetworkPolicy,
  type PodDisruptionBudget,
  Quantity,
  Service,
  ServiceAccount,
  StatefulSet,
} from "../objects.ts";
import { type Probes } from "./containers.ts";
import { DisruptionBudget } from "./disruption-budget.ts";
import { commonLabels, selectorLabels } from "./labels.ts";
import { NetworkAccess } from "./network-access.ts";
import type { Peer } from "./network-peers.ts";
import { type PodOptions, podTemplate, stopLate } from "./pod-template.ts";
import { Scrape, SCRAPED } from "./scrape.ts";

/** A volume per replica, which outlives its pod. */
export interface VolumeClaim {
  readonly name: string;
  readonly mountPath: string;
  /** A quantity: `10Gi`. */
  readonly storage: string;
  readonly storageClass: string;
  /** @default "ReadWriteOnce" */
  readonly accessMode?: "ReadWriteOnce" | "ReadWriteOncePod" | "ReadWriteMany";
}

export interface StatefulWorkloadProps extends PodOptions {
  readonly namespace: string;
  readonly name: string;
  readonly image: string;
  readonly version: string;
  readonly placement: Placement;
  /** Ports by name. `metrics` is scraped. */
  readonly ports: Readonly<Record<string, number>> & { readonly metrics: number };
  readonly probes: Probes;
  readonly resources: Resources;
  readonly replicas: number;
  readonly claims: readonly [VolumeClaim, ...VolumeClaim[]];
  /** Seconds that work in hand may take to end after SIGTERM. */
  readonly drain: number;
  /** Whether replicas start and stop one after the other or all at once. @default "OrderedReady" */
  readonly podManagement?: "OrderedReady" | "Parallel";
  /** Who connects to it, Prometheus included. @default - nobody */
  readonly from?: readonly Peer[];
  /** What it connects to, other than DNS. Replicas that talk to one another need it too. @default - nowhere */
  readonly to?: readonly Peer[];
}

/** Seconds until a pod of a lost node is replaced: its volume is attached elsewhere only after the node is gone. */
const SECONDS_UNREACHABLE = 300;

/** Replicas with a name and volumes of their own: a StatefulSet with the pods, budget, policy and monitor that a Workload has. */
export class StatefulWorkload extends Construct {
  readonly statefulSet: StatefulSet;
  /** Carries requests to every ready replica. */
  readonly service: Service;
  /** Gives each replica a DNS name, `<name>-0.<name>-replicas`, before it is ready. */
  readonly headlessService: Service;
  readonly serviceAccount: ServiceAccount;
  /** Absent for one replica: no budget over one lets a drain proceed. */
  readonly disruptionBudget: PodDisruptionBudget | undefined;
  readonly networkPolicy: NetworkPolicy;
  readonly serviceMonitor: ServiceMonitor;

  constructor(scope: Construct, id: string, props: StatefulWorkloadProps) {
    super(scope, id);
    const { namespace, name, version, replicas, from = [], to = [] } = props;
    const selector = { matchLabels: selectorLabels(name) };
    if (!Number.isInteger(replicas) || replicas < 1) {
      throw new Error(`${this.node.path}: 'replicas' is ${replicas}; it must be a whole number of at least 1.`);
    }
    this.serviceAccount = new ServiceAccount(this, "account", {
      metadata: { name, namespace, labels: commonLabels(name, version) },
      automountServiceAccountToken: false,
    });
    this.service = createService(this, "service", props);
    this.headlessService = createService(this, "replicas", props);
    this.statefulSet = createStatefulSet(this, props);
    this.disruptionBudget =
      replicas < 2
        ? undefined
        : new DisruptionBudget(this, "disruption-budget", { namespace, name, selector, minReplicas: replicas })
            .disruptionBudget;
    ({ networkPolicy: this.networkPolicy } = new NetworkAccess(this, "network", {
      namespace,
      name,
      selector,
      from,
      to,
    }));
    ({ serviceMonitor: this.serviceMonitor } = new Scrape(this, "scrape", { namespace, name, port: "metrics" }));
  }
}

const headlessName = (name: string): string => `${name}-replicas`;

function createService(scope: Construct, id: "service" | "replicas", props: StatefulWorkloadProps): Service {
  const { namespace, name, version, ports } = props;
  const headless = id === "replicas";
  return new Service(scope, id, {
    metadata: {
      name: headless ? headlessName(name) : name,
      namespace,
      labels: { ...commonLabels(name, version), ...(headless ? {} : SCRAPED) },
    },
    spec: {
      ...(headless && { clusterIp: "None", publishNotReadyAddresses: true }),
      selector: selectorLabels(name),
      ports: Object.entries(ports).map(([port, number]) => ({
        name: port,
        port: number,
        targetPort: IntOrString.fromString(port),
        protocol: "TCP",
      })),
    },
  });
}

function createStatefulSet(scope: Construct, props: StatefulWorkloadProps): StatefulSet {
  const { namespace, name, version, replicas, claims, mounts = [], podManagement = "OrderedReady" } = props;
  const statefulSet = new StatefulSet(scope, "stateful-set", {
    metadata: { name, namespace, labels: commonLabels(name, version) },
    spec: {
      serviceName: headlessName(name),
      replicas,
      selector: { matchLabels: selectorLabels(name) },
      podManagementPolicy: podManagement,
      revisionHistoryLimit: 5,
      minReadySeconds: 5,
      updateStrategy: { type: "RollingUpdate" },
      template: podTemplate(scope, {
        ...props,
        serviceAccount: name,
        versionLabel: "controller-revision-hash",
        secondsUnreachable: SECONDS_UNREACHABLE,
        claims: claims.map((claim) => claim.name),
        mounts: [...claims.map((claim) => ({ name: claim.name, mountPath: claim.mountPath })), ...mounts],
      }),
      volumeClaimTemplates: claims.map((claim) => ({
        metadata: { name: claim.name },
        spec: {
          accessModes: [claim.accessMode ?? "ReadWriteOnce"],
          storageClassName: claim.storageClass,
          resources: { requests: { storage: Quantity.fromString(claim.storage) } },
        },
      })),
    },
  });
  statefulSet.addJsonPatch(stopLate);
  return statefulSet;
}
