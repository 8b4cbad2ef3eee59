import type { Amount, BilledItem, Billing, Charge } from "../model/billing.ts";
import { describeObject, type KubernetesObject } from "../model/kubernetes.ts";
import { layerOf } from "../model/layers.ts";
import type { PodSource } from "../model/pods.ts";
import { type RecordedResource, UnreadableResource } from "../model/recorded.ts";
import { claimedVolumes } from "./claimed-volumes.ts";
import { at, nameOf, ofType } from "./inputs.ts";

type Resources = readonly RecordedResource[];

/** How a cloud bills what is recorded and rendered. */
export interface BillingReader {
  /** What is billed, by resource type. */
  readonly billed: Readonly<
    Record<string, (resource: RecordedResource, resources: Resources) => readonly BilledItem[]>
  >;
  /** Why a type costs nothing. */
  readonly free: Readonly<Record<string, string>>;
  /** What a volume of so many GiB is billed as. Throws for a class whose volumes have no item. */
  readonly volume: (storageClass: string, gib: number, resources: Resources) => readonly BilledItem[];
  /** What a load balancer in front of the cluster is billed as. */
  readonly loadBalancer: (resources: Resources) => readonly BilledItem[];
}

export const fixed = (amount: number): Amount => ({ min: amount, max: amount });
export const times = ({ min, max }: Amount, factor: number): Amount => ({ min: min * factor, max: max * factor });

/** So much of each. */
export const both = (one: Amount, other: Amount): Amount => ({ min: one.min * other.min, max: one.max * other.max });

/** Layers of what the cluster's controllers make. */
const VOLUMES = "Volumes";
const LOAD_BALANCERS = "LoadBalancers";

export interface Billed {
  readonly resources: Resources;
  readonly objects: readonly KubernetesObject[];
  readonly podSources: readonly PodSource[];
}

export function billingOf(reader: BillingReader, { resources, objects, podSources }: Billed): Billing {
  const layer = layerOf(resources);
  const made = resources.filter(({ custom }) => custom);
  const parts = [
    ...made
      .filter(({ type }) => !(type in reader.free))
      .map((each) =>
        part(nameOf(each), layer(each), () => {
          const read = reader.billed[each.type];
          if (!read) throw new UnreadableResource(`${each.type} is in no list of what is billed or free.`);
          return read(each, resources);
        }),
      ),
    ...objects
      .filter(hasLoadBalancer)
      .map((each) => part(describeObject(each), LOAD_BALANCERS, () => reader.loadBalancer(resources))),
    ...objects.flatMap((each) =>
      claimedVolumes(each, podSources).map(({ storageClass, gib, count }) =>
        part(describeObject(each), VOLUMES, () => {
          if (gib === undefined) throw new UnreadableResource("Its volumes have no size.");
          return reader
            .volume(storageClass, gib, resources)
            .map((item) => ({ ...item, amount: both(item.amount, count) }));
        }),
      ),
    ),
  ];
  return {
    charges: parts.flatMap(({ charges }) => charges),
    unpriced: parts.flatMap(({ unpriced }) => unpriced),
    free: Object.entries(reader.free)
      .map(([type, reason]) => ({ type, reason, count: made.filter((each) => each.type === type).length }))
      .filter(({ count }) => count > 0),
  };
}

function part(
  resource: string,
  layer: string,
  read: () => readonly BilledItem[],
): Pick<Billing, "charges" | "unpriced"> {
  try {
    return { charges: read().map((item): Charge => ({ ...item, resource, layer })), unpriced: [] };
  } catch (error) {
    if (!(error instanceof UnreadableResource)) throw error;
    return { charges: [], unpriced: [{ resource, reason: error.message }] };
  }
}

/** A controller makes a load balancer for each Gateway, and for each Service that asks for one. */
const hasLoadBalancer = ({ apiVersion, kind, spec }: KubernetesObject): boolean =>
  (kind === "Gateway" && apiVersion.startsWith("gateway.networking.k8s.io/")) ||
  (kind === "Service" && (spec as { type?: string }).type === "LoadBalancer");

export const storageClassNamed = (resources: Resources, name: string): RecordedResource | undefined =>
  ofType(resources, "kubernetes:storage.k8s.io/v1:StorageClass").find((each) => at(each, "metadata.name") === name);

export const unbilledVolumes = (storageClass: string): UnreadableResource =>
  new UnreadableResource(`What makes volumes of StorageClass '${storageClass}' is in no list of what is billed.`);

const inCluster = "an object in the cluster; its volumes and load balancers are charged where they are claimed";

/** Types of the Kubernetes provider that cost nothing, on every cloud. */
export const freeInCluster: BillingReader["free"] = {
  "pulumi:providers:kubernetes": "the program's own",
  "kubernetes:core/v1:Namespace": inCluster,
  "kubernetes:core/v1:Secret": inCluster,
  "kubernetes:core/v1:ServiceAccount": inCluster,
  "kubernetes:helm.sh/v3:Release": inCluster,
  "kubernetes:rbac.authorization.k8s.io/v1:Role": inCluster,
  "kubernetes:rbac.authorization.k8s.io/v1:RoleBinding": inCluster,
  "kubernetes:snapshot.storage.k8s.io/v1:VolumeSnapshotClass": inCluster,
  "kubernetes:storage.k8s.io/v1:StorageClass": inCluster,
};
