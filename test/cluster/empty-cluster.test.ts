import { readFileSync } from "node:fs";
import { afterEach, beforeEach, expect, test } from "vitest";
import { ClusterClient } from "../../operations/cluster-client.ts";
import { emptyCluster } from "../../operations/empty-cluster.ts";
import { planOf } from "../plans.ts";
import { eventually, type KubeObject } from "./client.ts";
import { type Cluster, startCluster } from "./cluster.ts";

/** What a cloud's controllers hold on to until they have deleted what they made. */
const BALANCER_FINALIZER = "service.kubernetes.io/load-balancer-cleanup";
const SERVICES = "/api/v1/services";
const VOLUMES = "/api/v1/persistentvolumes";
const CLAIMS = "/api/v1/persistentvolumeclaims";

const SNAPSHOTS = "/apis/snapshot.storage.k8s.io/v1/volumesnapshotcontents";
/** The kind, without the checks that its own definition has. */
const SNAPSHOT_DEFINITION = {
  apiVersion: "apiextensions.k8s.io/v1",
  kind: "CustomResourceDefinition",
  metadata: {
    name: "volumesnapshotcontents.snapshot.storage.k8s.io",
    annotations: { "api-approved.kubernetes.io": "https://github.com/kubernetes-csi/external-snapshotter/pull/814" },
  },
  spec: {
    group: "snapshot.storage.k8s.io",
    scope: "Cluster",
    names: { kind: "VolumeSnapshotContent", plural: "volumesnapshotcontents" },
    versions: [
      {
        name: "v1",
        served: true,
        storage: true,
        schema: { openAPIV3Schema: { type: "object", "x-kubernetes-preserve-unknown-fields": true } },
      },
    ],
  },
};

let cluster: Cluster;
let cloud: StandInCloud;
let client: ClusterClient;

beforeEach(async () => {
  cluster = await startCluster();
  cloud = new StandInCloud(cluster);
  client = ClusterClient.fromKubeconfig(readFileSync(cluster.kubeconfig, "utf8"));
  const plan = await planOf("development");
  await cluster.addNodes(plan.nodeGroups, ({ min }) => min);
  await cluster.apply(objects());
  await cloud.settled();
});
afterEach(async () => {
  cloud.stop();
  await cluster.stop();
});

const run = (options: { seconds?: number; keepBackups?: boolean } = {}): Promise<void> =>
  emptyCluster(client, { keepBackups: false, report: () => undefined, ...options });

test("load balancers and volumes are gone from the cloud, although the volumes' class retains them", async () => {
  cloud.start();
  await run();
  expect(cloud.balancers).toEqual(new Set());
  expect(cloud.disks).toEqual(new Set());
  const controller = await cluster.client.call(
    "/apis/apps/v1/namespaces/argocd/statefulsets/argocd-application-controller",
  );
  expect(controller.body["spec"].replicas).toBe(0);
  // Nothing that asks the cloud for nothing has to go.
  const names = (await cluster.client.list(SERVICES)).map(({ metadata }) => metadata.name);
  expect(names).toContain("quiet");
});

test.each([
  ["are deleted, although they are retained", false, []],
  ["stay where backups are kept", true, ["Retain"]],
])("snapshots %s", async (_, keepBackups, policies) => {
  cloud.start();
  await cluster.apply([SNAPSHOT_DEFINITION]);
  await eventually("the kind to be served", async () => {
    const { status } = await cluster.client.call(SNAPSHOTS);
    return status === 200 || undefined;
  });
  await cluster.apply([
    {
      apiVersion: "snapshot.storage.k8s.io/v1",
      kind: "VolumeSnapshotContent",
      metadata: { name: "of-data" },
      spec: { deletionPolicy: "Retain" },
    },
  ]);
  await run({ keepBackups });
  expect(
    (await cluster.client.list(SNAPSHOTS)).map(({ spec }) => (spec as { deletionPolicy: string }).deletionPolicy),
  ).toEqual(policies);
  expect(cloud.disks).toEqual(new Set());
});

test("what no controller deletes is named with its finalizer, and the run can be repeated", async () => {
  await expect(run({ seconds: 2 })).rejects.toThrow(`Service application/front, held by ${BALANCER_FINALIZER}`);
  expect(cloud.balancers).toEqual(new Set(["front"]));
  cloud.start();
  await run();
  expect(cloud.balancers).toEqual(new Set());
  expect(cloud.disks).toEqual(new Set());
});

test("volumes in a namespace that is not ours are left, and named", async () => {
  cloud.start();
  await cluster.apply([claim("kube-system")]);
  await expect(run()).rejects.toThrow("Namespace 'kube-system' holds volumes, and is not ours to delete");
});

const claim = (namespace: string): object => ({
  apiVersion: "v1",
  kind: "PersistentVolumeClaim",
  metadata: { name: "data", namespace },
  spec: {
    accessModes: ["ReadWriteOnce"],
    storageClassName: "retained",
    volumeName: `of-${namespace}`,
    resources: { requests: { storage: "1Gi" } },
  },
});

function objects(): object[] {
  const namespace = (name: string): object => ({ apiVersion: "v1", kind: "Namespace", metadata: { name } });
  const service = (name: string, spec: object, finalizers: string[] = []): object => ({
    apiVersion: "v1",
    kind: "Service",
    metadata: { name, namespace: "application", finalizers },
    spec: { ports: [{ port: 80 }], selector: { app: name }, ...spec },
  });
  const labels = { app: "store" };
  const workload = (kind: string, name: string, inNamespace: string, template: object): object => ({
    apiVersion: "apps/v1",
    kind,
    metadata: { name, namespace: inNamespace, labels: { "app.kubernetes.io/name": name } },
    spec: { replicas: 1, serviceName: name, selector: { matchLabels: labels }, template },
  });
  const container = { name: "main", image: "example.com/main:1" };
  return [
    namespace("application"),
    namespace("data"),
    workload("StatefulSet", "argocd-application-controller", "argocd", {
      metadata: { labels },
      spec: { containers: [container] },
    }),
    service("front", { type: "LoadBalancer" }, [BALANCER_FINALIZER]),
    service("quiet", {}),
    {
      apiVersion: "v1",
      kind: "PersistentVolume",
      metadata: { name: "of-data" },
      spec: {
        capacity: { storage: "1Gi" },
        accessModes: ["ReadWriteOnce"],
        storageClassName: "retained",
        persistentVolumeReclaimPolicy: "Retain",
        csi: { driver: "disks.example.com", volumeHandle: "disk-1" },
      },
    },
    claim("data"),
    workload("StatefulSet", "store", "data", {
      metadata: { labels },
      spec: {
        containers: [{ ...container, volumeMounts: [{ name: "data", mountPath: "/data" }] }],
        volumes: [{ name: "data", persistentVolumeClaim: { claimName: "data" } }],
      },
    }),
  ];
}

/** Stands in for a cloud's controller of load balancers and for its CSI driver: deletes what objects no longer ask for. */
class StandInCloud {
  readonly balancers = new Set(["front"]);
  readonly disks = new Set(["of-data"]);
  #timer: NodeJS.Timeout | undefined;

  constructor(private readonly cluster: Cluster) {}

  start(): void {
    this.#timer = setInterval(() => void this.#round(), 200);
  }

  stop(): void {
    clearInterval(this.#timer);
  }

  /** Resolves when the claim has its volume. */
  async settled(): Promise<void> {
    for (;;) {
      const claims = await this.cluster.client.list(CLAIMS);
      if (claims.every(({ status }) => status?.phase === "Bound")) return;
      await new Promise((resolve) => setTimeout(resolve, 200));
    }
  }

  async #round(): Promise<void> {
    const { client } = this.cluster;
    for (const { metadata } of (await client.list(SERVICES)).filter(isDeleted)) {
      this.balancers.delete(metadata.name);
      await client.merge(`/api/v1/namespaces/${metadata.namespace ?? ""}/services/${metadata.name}`, {
        metadata: { finalizers: null },
      });
    }
    for (const { metadata, spec, status } of await client.list(VOLUMES)) {
      if (status?.phase !== "Released" || spec.persistentVolumeReclaimPolicy !== "Delete") continue;
      this.disks.delete(metadata.name);
      await client.call(`${VOLUMES}/${metadata.name}`, { method: "DELETE" });
    }
  }
}

const isDeleted = ({ metadata }: KubeObject): boolean => "deletionTimestamp" in metadata;
