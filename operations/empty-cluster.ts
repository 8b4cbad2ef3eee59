import { setTimeout as sleep } from "node:timers/promises";
import { namespaces } from "../platform/names.ts";
import { type ClusterClient, ClusterError, type ClusterObject, type Kind } from "./cluster-client.ts";

const NAMESPACE: Kind = { apiVersion: "v1", kind: "Namespace" };
const SERVICE: Kind = { apiVersion: "v1", kind: "Service" };
const CLAIM: Kind = { apiVersion: "v1", kind: "PersistentVolumeClaim" };
const VOLUME: Kind = { apiVersion: "v1", kind: "PersistentVolume" };
const STATEFUL_SET: Kind = { apiVersion: "apps/v1", kind: "StatefulSet" };
const GATEWAY: Kind = { apiVersion: "gateway.networking.k8s.io/v1", kind: "Gateway" };
const INGRESS: Kind = { apiVersion: "networking.k8s.io/v1", kind: "Ingress" };
const SNAPSHOT: Kind = { apiVersion: "snapshot.storage.k8s.io/v1", kind: "VolumeSnapshot" };
const SNAPSHOT_CONTENT: Kind = { apiVersion: "snapshot.storage.k8s.io/v1", kind: "VolumeSnapshotContent" };

/** Argo CD would make again what is deleted. */
const ARGO_CONTROLLER = "app.kubernetes.io/name=argocd-application-controller";
/** The cluster's own, and one that the stack deletes. */
const KEPT_NAMESPACES: ReadonlySet<string> = new Set([
  "default",
  "kube-node-lease",
  "kube-public",
  "kube-system",
  namespaces.argocd,
]);

export interface EmptyClusterOptions {
  /** Whether snapshots of volumes stay in the cloud. */
  readonly keepBackups: boolean;
  readonly report: (what: string) => void;
  /** How long controllers may take to delete what they made. @default 900 */
  readonly seconds?: number;
}

/**
 * Deletes what controllers made in the cloud for objects of the cluster, while the controllers still run: load balancers,
 * volumes, and snapshots unless backups are kept. They would outlive the cluster, be paid for, and hold on to its network.
 * Can be repeated at any point.
 */
export async function emptyCluster(client: ClusterClient, options: EmptyClusterOptions): Promise<void> {
  const { report, keepBackups, seconds = 900 } = options;
  const patience = { report, seconds };
  report("stopping Argo CD");
  for (const controller of await client.list(STATEFUL_SET, ARGO_CONTROLLER)) {
    await client.merge({ ...headerOf(controller), spec: { replicas: 0 } });
  }
  report("deleting load balancers");
  await deleteLoadBalancers(client, patience);
  if (!keepBackups) {
    report("deleting snapshots");
    await deleteSnapshots(client, patience);
  }
  report("deleting volumes");
  await deleteVolumes(client, patience);
}

async function deleteLoadBalancers(client: ClusterClient, patience: Patience): Promise<void> {
  const balanced = async (): Promise<ClusterObject[]> => [
    ...(await client.list(GATEWAY)),
    ...(await client.list(INGRESS)),
    ...(await client.list(SERVICE)).filter(({ spec }) => spec?.["type"] === "LoadBalancer"),
  ];
  for (const object of await balanced()) await client.delete(object);
  await untilGone(balanced, patience);
}

/** A content that retains its snapshot leaves it in the cloud. */
async function deleteSnapshots(client: ClusterClient, patience: Patience): Promise<void> {
  for (const content of await client.list(SNAPSHOT_CONTENT)) {
    await client.merge({ ...headerOf(content), spec: { deletionPolicy: "Delete" } });
  }
  for (const kind of [SNAPSHOT, SNAPSHOT_CONTENT]) {
    for (const object of await client.list(kind)) await client.delete(object);
  }
  await untilGone(() => client.list(SNAPSHOT_CONTENT), patience);
}

/** A claim is in use until its pods are gone, and what made them would make them again: all of the namespace goes. */
async function deleteVolumes(client: ClusterClient, patience: Patience): Promise<void> {
  for (const volume of await client.list(VOLUME)) {
    await client.merge({ ...headerOf(volume), spec: { persistentVolumeReclaimPolicy: "Delete" } });
  }
  const used = new Set((await client.list(CLAIM)).map(({ metadata }) => metadata.namespace ?? ""));
  for (const name of used) {
    if (KEPT_NAMESPACES.has(name)) {
      throw new ClusterError(
        `Namespace '${name}' holds volumes, and is not ours to delete. Delete its claims, and repeat.`,
      );
    }
    await client.delete({ ...NAMESPACE, metadata: { name } });
  }
  await untilGone(async () => [...(await client.list(CLAIM)), ...(await client.list(VOLUME))], patience);
}

const headerOf = ({ apiVersion, kind, metadata: { name, namespace } }: ClusterObject): ClusterObject => ({
  apiVersion,
  kind,
  metadata: { name, ...(namespace !== undefined && { namespace }) },
});

interface Patience {
  readonly seconds: number;
  readonly report: (what: string) => void;
}

async function untilGone(remaining: () => Promise<ClusterObject[]>, { seconds, report }: Patience): Promise<void> {
  const deadline = Date.now() + seconds * 1000;
  let before = 0;
  for (;;) {
    const left = await remaining();
    if (left.length === 0) return;
    if (left.length !== before) report(`waiting for ${left.length}: ${left.slice(0, 3).map(nameOf).join(", ")}`);
    before = left.length;
    if (Date.now() > deadline) throw stillThere(left, seconds);
    await sleep(1000);
  }
}

const nameOf = ({ kind, metadata }: ClusterObject): string =>
  `${kind} ${[metadata.namespace ?? [], metadata.name].flat().join("/")}`;

function stillThere(left: readonly ClusterObject[], seconds: number): ClusterError {
  const lines = left.map((object) => {
    const finalizers = object.metadata.finalizers ?? [];
    return `  ${nameOf(object)}${finalizers.length > 0 ? `, held by ${finalizers.join(", ")}` : ""}`;
  });
  return new ClusterError(
    [
      `After ${seconds} s these are still there:`,
      ...lines,
      "Look at the controller that each finalizer belongs to, and repeat the command: it goes on where it stopped.",
    ].join("\n"),
  );
}
