import { describe, expect, test } from "vitest";
import { known, knownText, originsOf, type RecordedObject, urnsIn } from "../../plan/model/recorded.ts";
import { type Editable, freshPlan, planOf } from "../plans.ts";
import { ofType as typeIn, one as oneIn } from "./resources.ts";

const { resources, nodeGroups, fallbacks, objects } = await planOf("production-lke");
const one = (type: string, name?: string): ReturnType<typeof oneIn> => oneIn(type, name, resources);
const ofType = (type: string): ReturnType<typeof typeIn> => typeIn(type, resources);

test("no resource of another cloud is declared", () => {
  expect(resources.filter(({ type }) => type.startsWith("aws:"))).toEqual([]);
});

describe("the cluster", () => {
  const cluster = one("linode:index/lkeCluster:LkeCluster");

  test("is highly available, in its region, and answers the named addresses alone", () => {
    expect(known(cluster, "region")).toBe("fr-par");
    expect(known(cluster, "k8sVersion")).toBe("1.35");
    expect(known(cluster, "controlPlane")).toEqual({
      highAvailability: true,
      acl: { enabled: true, addresses: [{ ipv4s: ["203.0.113.0/24"] }] },
    });
  });

  test("keeps one control plane and no guard where the file asks for that", async () => {
    const plan = await freshPlan("production-lke", { protect: false, "kubernetes.highAvailability": false });
    const cheap = oneIn("linode:index/lkeCluster:LkeCluster", undefined, plan.resources);
    expect(known(cheap, "controlPlane.highAvailability")).toBe(false);
    expect(cheap.protect).toBe(false);
  });

  test("comes with one node that takes no pods, whatever the environment's pools are", async () => {
    expect(known(cluster, "pools")).toEqual([
      {
        type: "g6-standard-2",
        count: 1,
        labels: { workload: "first" },
        taints: [{ key: "workload", value: "first", effect: "NoSchedule" }],
        tags: ["promptops", "production-lke"],
      },
    ]);
    const other = await freshPlan("production-lke", { "pools.application.type": "g6-standard-16" });
    const same = oneIn("linode:index/lkeCluster:LkeCluster", undefined, other.resources);
    expect(known(same, "pools")).toEqual(known(cluster, "pools"));
  });

  test("leaves pools that bear the tag alone: all of the environment's", () => {
    const [tag] = known(cluster, "externalPoolTags") as string[];
    const pools = ofType("linode:index/lkeNodePool:LkeNodePool");
    expect(pools.map(({ name }) => name)).toEqual(["application-1", "gpu-1"]);
    for (const pool of pools) expect(known(pool, "tags"), pool.name).toContain(tag);
    expect(known(cluster, "pools.0.tags")).not.toContain(tag);
  });

  test("is told the nodes of a pool that does not scale, and of no other", () => {
    const [application, gpu] = ofType("linode:index/lkeNodePool:LkeNodePool");
    expect(application?.inputs).toMatchObject({ autoscaler: { min: 3, max: 10 } });
    expect(application?.inputs).not.toHaveProperty("nodeCount");
    expect(gpu?.inputs).toMatchObject({ nodeCount: 2 });
    expect(gpu?.inputs).not.toHaveProperty("autoscaler");
  });

  test("hands its kubeconfig to the provider and to nobody else", () => {
    expect(originsOf(one("pulumi:providers:kubernetes").inputs["kubeconfig"])).toEqual([cluster.urn]);
  });
});

test("the pools are read from the cluster and from the resources beside it alike, without a zone", () => {
  const [, ...pools] = nodeGroups;
  expect(nodeGroups[0]?.taints).toEqual([{ key: "workload", value: "first", effect: "NoSchedule" }]);
  expect(pools.map(({ pool, zone, min, max, spot }) => ({ pool, zone, min, max, spot }))).toEqual([
    { pool: "application", zone: undefined, min: 3, max: 10, spot: false },
    { pool: "gpu", zone: undefined, min: 2, max: 2, spot: false },
  ]);
  expect(pools[0]?.labels).toMatchObject({ workload: "application", spot: "false" });
  expect(pools[1]?.allocatable.gpus).toBe(1);
  expect(pools[1]?.taints).toEqual([{ key: "nvidia.com/gpu", value: "present", effect: "NoSchedule" }]);
});

test("volumes wait for their pod, are encrypted, and outlive their claim in a protected environment", () => {
  const classes = ofType("kubernetes:storage.k8s.io/v1:StorageClass");
  expect(classes.map(({ name }) => name)).toEqual(["fast-ssd", "standard-ssd"]);
  for (const each of classes) {
    expect(known(each, "provisioner")).toBe("linodebs.csi.linode.com");
    expect(known(each, "volumeBindingMode")).toBe("WaitForFirstConsumer");
    expect(known(each, "reclaimPolicy")).toBe("Retain");
    expect(known(each, "allowVolumeExpansion")).toBe(true);
    expect((known(each, "parameters") as Record<string, string>)["linodebs.csi.linode.com/encrypted"]).toBe("true");
  }
});

test("the database has three nodes where a standby is wished for, and one elsewhere", async () => {
  const type = "linode:index/databasePostgresqlV2:DatabasePostgresqlV2";
  expect(known(one(type), "clusterSize")).toBe(3);
  expect(known(one(type), "engineId")).toBe("postgresql/17");
  expect(known(one(type), "type")).toBe("g6-dedicated-8");
  expect(one(type).protect).toBe(true);
  const plan = await freshPlan("production-lke", { protect: false, "database.standby": false });
  expect(known(oneIn(type, undefined, plan.resources), "clusterSize")).toBe(1);
});

test.each([
  ["backups", "backup-credentials"],
  ["objects", "object-credentials"],
])("%s go to a private bucket with versions, and their key opens that bucket alone", (name, resource) => {
  const bucket = one("linode:index/objectStorageBucket:ObjectStorageBucket", name);
  expect(knownText(bucket, "label")).toBe(`promptops-production-lke-${name}-lke-promptops-io`);
  expect(known(bucket, "versioning")).toBe(true);
  expect(known(bucket, "acl")).toBe("private");
  expect(bucket.protect).toBe(true);
  const key = one("linode:index/objectStorageKey:ObjectStorageKey", name);
  expect(known(key, "bucketAccesses")).toEqual([
    { bucketName: `promptops-production-lke-${name}-lke-promptops-io`, region: "fr-par", permissions: "read_write" },
  ]);
  const secret = one("kubernetes:core/v1:Secret", resource);
  expect(known(secret, "metadata.name")).toBe(`promptops-production-lke.${name}.credentials`);
  expect(originsOf(secret.inputs["data"]) ?? originsOf((secret.inputs["data"] as RecordedObject)["cloud"])).toContain(
    key.urn,
  );
});

test("Velero reads that key, keeps files where there are no snapshots, and speaks to the region's endpoint", () => {
  const manifests = objects.map(
    ({ manifest }) => manifest as { kind: string; metadata: { name: string }; spec: Editable },
  );
  const location = manifests.find(({ kind }) => kind === "BackupStorageLocation")?.spec;
  expect(location.credential).toEqual({ name: "backup-credentials", key: "cloud" });
  expect(location.config).toMatchObject({ s3Url: "https://fr-par-1.linodeobjects.com", checksumAlgorithm: "" });
  for (const schedule of manifests.filter(({ kind }) => kind === "Schedule")) {
    expect(schedule.spec.template).toMatchObject({ snapshotVolumes: false, defaultVolumesToFsBackup: true });
  }
});

test("pods spread over what the cloud has: nodes, and no zones", () => {
  const deployments = objects.map(({ manifest }) => manifest).filter(({ kind }) => kind === "Deployment");
  expect(deployments.length).toBeGreaterThan(0);
  for (const { spec } of deployments as unknown as { spec: Editable }[]) {
    const keys = spec.template.spec.topologySpreadConstraints.map((each: { topologyKey: string }) => each.topologyKey);
    expect(keys).toEqual(["kubernetes.io/hostname"]);
  }
});

test("the balancer and the gateway speak the PROXY protocol both, or neither", () => {
  const gateway = objects.find(({ manifest }) => manifest.kind === "Gateway")?.manifest.spec as Editable;
  const annotations = gateway.infrastructure.annotations as Record<string, string>;
  expect(annotations["service.beta.kubernetes.io/linode-loadbalancer-default-proxy-protocol"]).toBe("v2");
  expect(JSON.parse(annotations["proxy.istio.io/config"] ?? "")).toEqual({ gatewayTopology: { proxyProtocol: {} } });
});

test("pods reach the gateway through the balancer as others do: its Service has a host name and no address", () => {
  const gateway = objects.find(({ manifest }) => manifest.kind === "Gateway")?.manifest.spec as Editable;
  const annotations = gateway.infrastructure.annotations as Record<string, string>;
  expect(annotations["service.beta.kubernetes.io/linode-loadbalancer-hostname-only-ingress"]).toBe("true");
});

test("the token for DNS records has that scope alone, and its value is what the secret holds", () => {
  const token = one("linode:index/token:Token");
  expect(token.inputs).toEqual({ label: "promptops-production-lke-dns", scopes: "domains:read_write" });
  const secret = one("kubernetes:core/v1:Secret", "dns-records");
  expect(known(secret, "metadata.name")).toBe("promptops-production-lke.external-dns.token");
  expect(urnsIn(secret.inputs["data"])).toEqual([token.urn]);
});

test("no token is made where nothing makes records", async () => {
  const plan = await freshPlan("production-lke", { "addons.istio": undefined, "services.api.release": "rolling" });
  expect(plan.resources.filter(({ type }) => type === "linode:index/token:Token")).toEqual([]);
});

test("the zone of names is the environment's domain", () => {
  expect(known(one("linode:index/domain:Domain"), "domain")).toBe("lke.promptops.io");
});

test("preferences that the cloud cannot meet are listed", () => {
  expect(fallbacks.map(({ preference }) => preference)).toEqual([
    "Postgres that only pods can reach",
    "copies of the database in a vault",
    "nodes in several zones",
    "a network of our own",
    "keys of our own for encryption at rest",
    "a secret manager",
    "one cache of model weights",
    "volume snapshots",
  ]);
});
