import { describe, expect, test } from "vitest";
import { claimedVolumes } from "../../plan/clouds/claimed-volumes.ts";
import { cloudReaders } from "../../plan/clouds/clouds.ts";
import { quotaNeedsOf } from "../../plan/quotas.ts";
import type { Plan } from "../../plan/model/plan.ts";
import { environmentNames } from "../environments.ts";
import { planOf, withObject } from "../plans.ts";
import { damaged, found, withResource } from "../proofs/cloud.ts";

const [production, lke] = [await planOf("production"), await planOf("production-lke")];
const amountsOf = ({ billing }: Plan, item: string): [number, number] => {
  const amounts = billing.charges.filter((charge) => charge.item === item).map(({ amount }) => amount);
  return [amounts.reduce((sum, { min }) => sum + min, 0), amounts.reduce((sum, { max }) => sum + max, 0)];
};

test.each(environmentNames)("everything in %s is billed or free", async (name) => {
  const { billing, resources } = await planOf(name);
  expect(billing.unpriced).toEqual([]);
  const free = billing.free.reduce((sum, { count }) => sum + count, 0);
  const billed = cloudReaders[(await planOf(name)).cloud].billing.billed;
  expect(free + resources.filter(({ type }) => type in billed).length).toBe(
    resources.filter(({ custom }) => custom).length,
  );
});

test("no type is both billed and free, and each that is free has a reason", () => {
  for (const { billing } of Object.values(cloudReaders)) {
    expect(Object.keys(billing.billed).filter((type) => type in billing.free)).toEqual([]);
    expect(Object.values(billing.free)).not.toContain("");
  }
});

describe("on AWS", () => {
  test.each<[item: string, min: number, max: number]>([
    // Pools application (3 of which none spot), data 3 to 6, infrastructure 3 to 6, gpu 2; 730 hours.
    ["EC2 r5.xlarge", 3 * 730, 6 * 730],
    ["EC2 g6.2xlarge", 2 * 730, 2 * 730],
    // A server with a standby, and two replicas.
    ["RDS db.m7g.large", 4 * 730, 4 * 730],
    // 100 GiB each, that grow to 400.
    ["RDS gp3", 4 * 100, 4 * 400],
    ["NAT gateway", 3 * 730, 3 * 730],
    // Of three NAT gateways, and of one load balancer in three zones.
    ["public IPv4 address", 6 * 730, 6 * 730],
    ["network load balancer", 730, 730],
    ["secret", 30, 30],
    // For the cluster, for data, for logs, and in the standby region.
    ["KMS key", 4, 4],
    // Copies take twice the storage of the server, and the standby region holds it once.
    ["database copies in a vault", 200, 800],
    ["data to another region", 100, 400],
    ["EKS control plane", 730, 730],
    ["EFS storage", 30, 30],
  ])("there are so many units of %s", (item, min, max) => {
    expect(amountsOf(production, item)).toEqual([min, max]);
  });

  test("spot capacity is charged apart", () => {
    const spot = production.billing.charges.filter(({ spot }) => spot);
    expect(spot.map(({ pool, amount }) => [pool, amount.min, amount.max / 730])).toEqual([
      ["application", 0, 6],
      ["application", 0, 6],
      ["application", 0, 5],
    ]);
  });

  test("a control plane without the standard policy may cost what extended support does", () => {
    const extended = damaged(production, "Cluster", (inputs) => delete inputs.upgradePolicy);
    expect(amountsOf(extended, "EKS control plane, extended support")).toEqual([730, 730]);
  });

  test("performance beyond what volumes have is charged", () => {
    const fast = damaged(production, "LaunchTemplate data-1", (inputs) => {
      Object.assign(inputs.blockDeviceMappings[0].ebs, { iops: 4000, throughput: 225 });
    });
    expect(amountsOf(fast, "EBS gp3 IOPS beyond 3,000")).toEqual([3 * 1000, 6 * 1000]);
    expect(amountsOf(fast, "EBS gp3 throughput beyond 125 MB/s")).toEqual([3 * 100, 6 * 100]);
  });

  test("an endpoint of an interface is charged in each of its subnets, one of a gateway is not", () => {
    expect(amountsOf(production, "interface endpoint")).toEqual([0, 0]);
    const endpoint = withResource(production, "aws:ec2/vpcEndpoint:VpcEndpoint", {
      vpcEndpointType: "Interface",
      subnetIds: ["a", "b"],
    });
    expect(amountsOf(endpoint, "interface endpoint")).toEqual([2 * 730, 2 * 730]);
  });

  test("disks of an unknown size, and classes that nothing is known of, are unpriced", () => {
    const bare = damaged(production, "NodeGroup gpu-1-a", (inputs) => delete inputs.launchTemplate);
    expect(bare.billing.unpriced).toEqual([
      { resource: "NodeGroup 'gpu-1-a'", reason: "No launch template says how large its disks are." },
    ]);
    const claim = withObject(production, {
      apiVersion: "v1",
      kind: "PersistentVolumeClaim",
      metadata: { name: "scratch", namespace: "data" },
      spec: { storageClassName: "scratch", resources: { requests: { storage: "5Gi" } } },
    });
    expect(claim.billing.unpriced).toEqual([
      {
        resource: "PersistentVolumeClaim data/scratch",
        reason: "What makes volumes of StorageClass 'scratch' is in no list of what is billed.",
      },
    ]);
  });

  test("a replica has the storage of its source", () => {
    const larger = damaged(production, "Instance database", (inputs) => (inputs.allocatedStorage = 200));
    expect(amountsOf(larger, "RDS gp3")[0]).toBe(4 * 200);
  });
});

describe("on Linode", () => {
  test.each<[item: string, min: number, max: number]>([
    ["Linode g6-standard-8", 3, 10],
    ["Linode g2-gpu-rtx4000a1-m", 2, 2],
    ["Linode g6-standard-2", 1, 1],
    ["Postgres g6-dedicated-8, 3 servers", 1, 1],
    ["highly available control plane", 1, 1],
    ["NodeBalancer", 1, 1],
    ["object storage, first 250 GB", 1, 1],
    // Three of 20 GiB, three of 10, two of 50, and 30 GiB of weights for each of two model servers.
    ["block storage", 250, 250],
  ])("there are so many units of %s", (item, min, max) => {
    expect(amountsOf(lke, item)).toEqual([min, max]);
  });

  test("the account's price of object storage is charged once", () => {
    const { type, inputs } = found(lke, "ObjectStorageBucket backups");
    expect(amountsOf(withResource(lke, type, inputs), "object storage, first 250 GB")).toEqual([1, 1]);
  });
});

test("a load balancer is charged for each Gateway, and for each Service of that type", () => {
  const service = withObject(production, {
    apiVersion: "v1",
    kind: "Service",
    metadata: { name: "public", namespace: "application" },
    spec: { type: "LoadBalancer" },
  });
  expect(amountsOf(service, "network load balancer")).toEqual([2 * 730, 2 * 730]);
});

describe("volumes", () => {
  const claims = (kind: string, spec: object, apiVersion = "example.org/v1"): unknown[] =>
    claimedVolumes({ apiVersion, kind, metadata: { name: "x", namespace: "data" }, spec }, []).map(
      ({ storageClass, gib, count }) => [storageClass, gib, count.max],
    );

  test("are claimed by any object that names a class, one for each of its replicas", () => {
    const template = { spec: { storageClassName: "fast", resources: { requests: { storage: "8Gi" } } } };
    expect(claims("StatefulSet", { replicas: 3, volumeClaimTemplates: [template] })).toEqual([["fast", 8, 3]]);
    expect(claims("Cluster", { instances: 2, storage: { storageClass: "fast", size: "4Gi" } })).toEqual([
      ["fast", 4, 2],
    ]);
    expect(claims("Broker", { persistence: { storageClassName: "fast" } })).toEqual([["fast", undefined, 1]]);
  });

  test("are not claimed by an Application, whose rendered source claims them", () => {
    const values = {
      source: { helm: { valuesObject: { storage: { class: "x", storageClass: "fast", size: "1Gi" } } } },
    };
    expect(claims("Application", values, "argoproj.io/v1alpha1")).toEqual([]);
  });
});

describe("of the quotas of an account", () => {
  test("an environment on AWS takes what it creates, in each zone and at both sizes", () => {
    expect(quotaNeedsOf(production)).toEqual([
      { of: "clusters", min: 1, max: 1 },
      { of: "vpcs", min: 1, max: 1 },
      { of: "elastic-ips", min: 3, max: 3 },
      ...["a", "b", "c"].map((letter) => ({ of: "nat-gateways", zone: `eu-central-1${letter}`, min: 1, max: 1 })),
      // Pools application (3 nodes, and 0 to 17 spot), data and infrastructure, of 4 or 2 vCPU; then two GPU nodes of 8.
      { of: "standard-on-demand", min: 30, max: 48 },
      { of: "standard-spot", min: 0, max: 68 },
      { of: "g-on-demand", min: 16, max: 16 },
    ]);
  });

  test("one on LKE takes Linodes, by their plans, and two buckets", () => {
    expect(quotaNeedsOf(lke)).toEqual([
      { of: "Linodes", min: 6, max: 13 },
      { of: "plan g6-standard-2", min: 1, max: 1 },
      { of: "plan g6-standard-8", min: 3, max: 10 },
      { of: "plan g2-gpu-rtx4000a1-m", min: 2, max: 2 },
      { of: "buckets", min: 2, max: 2 },
    ]);
  });
});
