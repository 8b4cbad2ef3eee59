import { describe, expect, test } from "vitest";
import { overlaps, parseBlock } from "../../platform/addresses.ts";
import { isObject, known, originsOf, type RecordedResource } from "../../plan/model/recorded.ts";
import { freshPlan, planOf } from "../plans.ts";

const { resources } = await planOf("production");

const ofType = (type: string, from: readonly RecordedResource[] = resources): RecordedResource[] =>
  from.filter((resource) => resource.type === type);

function one(type: string, name?: string, from: readonly RecordedResource[] = resources): RecordedResource {
  const [found, ...others] = ofType(type, from).filter((resource) => name === undefined || resource.name === name);
  if (!found || others.length > 0) throw new Error(`${others.length + (found ? 1 : 0)} resources are ${type} ${name ?? ""}`);
  return found;
}

/** The resource that an input's unknown value comes from. */
function originOf(resource: RecordedResource, input: string): RecordedResource {
  const urns = originsOf(resource.inputs[input]) ?? [];
  const found = resources.find(({ urn }) => urns.includes(urn));
  if (!found) throw new Error(`${resource.name}.${input} comes from nothing`);
  return found;
}

interface Statement {
  Action: string | string[];
  Resource?: string | string[];
  Condition?: unknown;
}
const statementsOf = (resource: RecordedResource): Statement[] =>
  (JSON.parse(String(known(resource, "policy"))) as { Statement: Statement[] }).Statement;

describe("the network", () => {
  test("has a public, a private and an isolated subnet in each of three zones", () => {
    const subnets = ofType("aws:ec2/subnet:Subnet").map((subnet) => [subnet.name.split("-")[0], known(subnet, "availabilityZone")]);
    expect(subnets).toHaveLength(9);
    for (const use of ["public", "private", "isolated"]) {
      expect(new Set(subnets.filter(([name]) => name === use).map(([, zone]) => zone)).size).toBe(3);
    }
  });

  test("gives isolated subnets no route out", () => {
    const routes = ofType("aws:ec2/route:Route").map((route) => originOf(route, "routeTableId").name);
    expect(routes.toSorted()).toEqual(["private-eu-central-1a", "private-eu-central-1b", "private-eu-central-1c", "public"]);
    const tables = ofType("aws:ec2/routeTableAssociation:RouteTableAssociation").filter(({ name }) => name.startsWith("isolated"));
    expect(tables.map((table) => originOf(table, "routeTableId").name)).toEqual(["isolated", "isolated", "isolated"]);
  });

  test("leads each zone's pods out through a NAT gateway of their own zone", () => {
    for (const route of ofType("aws:ec2/route:Route").filter(({ name }) => name.startsWith("private"))) {
      const zone = route.name.replace("private-", "");
      const nat = originOf(route, "natGatewayId");
      expect(nat.name).toBe(`nat-${zone}`);
      expect(originOf(nat, "subnetId").name).toBe(`public-${zone}`);
    }
  });

  test("keeps its subnets apart from each other", () => {
    const blocks = ofType("aws:ec2/subnet:Subnet").map((subnet) => parseBlock(String(known(subnet, "cidrBlock"))));
    blocks.forEach((block, index) => {
      for (const other of blocks.slice(index + 1)) expect(block && other && overlaps(block, other)).toBe(false);
    });
  });

  test("logs every flow", () => {
    expect(known(one("aws:ec2/flowLog:FlowLog"), "trafficType")).toBe("ALL");
  });

  test("opens the database and the file system to the pods' subnets alone, on their own port", () => {
    const rules = ofType("aws:vpc/securityGroupIngressRule:SecurityGroupIngressRule");
    const privates = ofType("aws:ec2/subnet:Subnet").filter(({ name }) => name.startsWith("private"));
    const allowed = privates.map((subnet) => known(subnet, "cidrBlock"));
    expect(rules).toHaveLength(6);
    for (const rule of rules) {
      expect(allowed).toContain(known(rule, "cidrIpv4"));
      expect([5432, 2049]).toContain(known(rule, "fromPort"));
      expect(known(rule, "toPort")).toBe(known(rule, "fromPort"));
    }
  });
});

describe("the cluster", () => {
  const cluster = one("aws:eks/cluster:Cluster");

  test("encrypts secrets with a key of ours that changes every year", () => {
    const config = cluster.inputs["encryptionConfig"];
    const provider = isObject(config) ? config["provider"] : undefined;
    const urns = originsOf(isObject(provider) ? provider["keyArn"] : undefined);
    const key = resources.find(({ urn }) => urns?.includes(urn));
    expect(key && known(key, "enableKeyRotation")).toBe(true);
  });

  test("keeps all five logs", () => {
    expect(known(cluster, "enabledClusterLogTypes")).toEqual(["api", "audit", "authenticator", "controllerManager", "scheduler"]);
  });

  test("answers privately, and publicly to the CIDRs of the file alone", () => {
    expect(known(cluster, "vpcConfig.endpointPrivateAccess")).toBe(true);
    expect(known(cluster, "vpcConfig.publicAccessCidrs")).toEqual(["203.0.113.0/24"]);
  });

  test("has no public endpoint when the file names nobody", async () => {
    const closed = await freshPlan("production", { "kubernetes.access": undefined });
    expect(known(one("aws:eks/cluster:Cluster", undefined, closed.resources), "vpcConfig.endpointPublicAccess")).toBe(false);
  });

  test("lets administrators in by access entries", () => {
    expect(known(one("aws:eks/accessEntry:AccessEntry"), "principalArn")).toBe("arn:aws:iam::111122223333:role/platform-administrator");
  });

  test("has its add-ons, with NetworkPolicies enforced", () => {
    const names = ofType("aws:eks/addon:Addon").map((addon) => known(addon, "addonName"));
    expect(names.toSorted()).toEqual([
      "aws-ebs-csi-driver",
      "aws-efs-csi-driver",
      "coredns",
      "eks-pod-identity-agent",
      "kube-proxy",
      "metrics-server",
      "snapshot-controller",
      "vpc-cni",
    ]);
    expect(known(one("aws:eks/addon:Addon", "vpc-cni"), "configurationValues")).toBe('{"enableNetworkPolicy":"true"}');
  });
});

describe("the pools", () => {
  const groups = ofType("aws:eks/nodeGroup:NodeGroup");
  const of = (pool: string): RecordedResource[] => groups.filter((group) => known(group, "labels.workload") === pool);
  const sum = (pool: string, bound: "minSize" | "maxSize"): number =>
    of(pool).reduce((total, group) => total + Number(known(group, `scalingConfig.${bound}`)), 0);

  test.each([
    ["application", 3, 20],
    ["data", 3, 6],
    ["infrastructure", 3, 6],
    ["gpu", 2, 2],
  ])("%s has %d to %d nodes, one group a zone", (pool, min, max) => {
    expect([sum(pool, "minSize"), sum(pool, "maxSize")]).toEqual([min, max]);
    expect(of(pool).every((group) => Number(known(group, "scalingConfig.minSize")) >= 1)).toBe(true);
  });

  test("are spot where the file wishes it, and nowhere else", () => {
    const types = Object.fromEntries(["application", "data", "infrastructure", "gpu"].map((pool) => [pool, of(pool).map((group) => known(group, "capacityType"))]));
    expect(new Set(types["application"])).toEqual(new Set(["SPOT"]));
    expect(new Set([types["data"], types["infrastructure"], types["gpu"]].flat())).toEqual(new Set(["ON_DEMAND"]));
  });

  test("leave the number of nodes to the autoscaler", () => {
    expect(groups.every(({ ignoreChanges }) => ignoreChanges.includes("scalingConfig.desiredSize"))).toBe(true);
  });

  test("encrypt their disks and keep the node's credentials from pods", () => {
    for (const template of ofType("aws:ec2/launchTemplate:LaunchTemplate")) {
      expect(known(template, "metadataOptions"), template.name).toMatchObject({ httpTokens: "required", httpPutResponseHopLimit: 1 });
      expect(known(template, "blockDeviceMappings.0.ebs.encrypted"), template.name).toBe("true");
    }
  });
});

describe("the database", () => {
  const database = one("aws:rds/instance:Instance", "database");

  test("is encrypted, stands twice, keeps any second of seven days and takes TLS alone", () => {
    expect(database.inputs).toMatchObject({
      engine: "postgres",
      instanceClass: "db.m7g.large",
      allocatedStorage: 100,
      storageEncrypted: true,
      multiAz: true,
      backupRetentionPeriod: 7,
      publiclyAccessible: false,
      deletionProtection: true,
    });
    expect(known(one("aws:rds/parameterGroup:ParameterGroup"), "parameters")).toEqual([{ name: "rds.force_ssl", value: "1" }]);
  });

  test("has two read replicas in other zones", () => {
    const zones = ofType("aws:rds/instance:Instance").filter(({ name }) => name !== "database").map((replica) => known(replica, "availabilityZone"));
    expect(zones).toEqual(["eu-central-1b", "eu-central-1c"]);
  });

  test("stands in the isolated subnets", () => {
    const subnets = one("aws:rds/subnetGroup:SubnetGroup").dependsOn.map((urn) => urn.split("::").at(-1));
    expect(subnets).toEqual(["isolated-eu-central-1a", "isolated-eu-central-1b", "isolated-eu-central-1c"]);
  });
});

describe("secrets", () => {
  test("are made once: what generates one ignores its own change", () => {
    const versions = ofType("aws:secretsmanager/secretVersion:SecretVersion");
    const generated = versions.filter(({ ignoreChanges }) => ignoreChanges.includes("secretString")).map(({ name }) => name);
    expect(generated.toSorted()).toEqual(["api-database-password", "database-admin", "jwt-signing-key", "worker-database-password"]);
  });

  test("are encrypted with our key and stand under the environment's prefix", () => {
    for (const secret of ofType("aws:secretsmanager/secret:Secret")) {
      expect(known(secret, "name")).toMatch(/^promptops-production\//);
      expect(originOf(secret, "kmsKeyId").name).toBe("data");
    }
  });

  test("never stand in the plan", () => {
    const versions = ofType("aws:secretsmanager/secretVersion:SecretVersion").map(({ inputs }) => inputs["secretString"]);
    expect(versions.every((value) => isObject(value) && ("$secret" in value || "$output" in value))).toBe(true);
    expect(one("aws:rds/instance:Instance", "database").inputs["password"]).toEqual({ $secret: true });
  });
});

describe("least privilege", () => {
  test("no policy allows every action, and none reaches every resource but through a condition", () => {
    const policies = ofType("aws:iam/rolePolicy:RolePolicy");
    expect(policies.length).toBeGreaterThanOrEqual(4);
    for (const policy of policies) {
      for (const { Action, Resource, Condition } of statementsOf(policy)) {
        for (const action of [Action].flat()) expect(action, policy.name).not.toMatch(/^(\*|\w+:\*)$/);
        for (const resource of [Resource ?? "*"].flat()) {
          expect(resource === "*", policy.name).toBe(false);
          expect(!resource.includes(":key/*") || Condition !== undefined, policy.name).toBe(true);
        }
      }
    }
  });

  test("External Secrets reads this environment's prefix and nothing else", () => {
    const [read] = statementsOf(one("aws:iam/rolePolicy:RolePolicy", "external-secrets"));
    expect(read).toEqual({
      Effect: "Allow",
      Action: ["secretsmanager:GetSecretValue", "secretsmanager:DescribeSecret"],
      Resource: "arn:aws:secretsmanager:eu-central-1:111122223333:secret:promptops-production/*",
    });
  });

  test("identities are bound to ServiceAccounts by name", () => {
    const bound = ofType("aws:eks/podIdentityAssociation:PodIdentityAssociation").map((each) => `${String(known(each, "namespace"))}/${String(known(each, "serviceAccount"))}`);
    expect(bound.toSorted()).toEqual(["external-secrets/external-secrets", "velero/velero"]);
  });
});

describe("the backup bucket", () => {
  test("is private, versioned, encrypted with our key, cold after 90 days and closed to plain HTTP", () => {
    expect(known(one("aws:s3/bucket:Bucket"), "bucket")).toBe("promptops-production-backups-111122223333");
    expect(one("aws:s3/bucketPublicAccessBlock:BucketPublicAccessBlock").inputs).toMatchObject({
      blockPublicAcls: true,
      blockPublicPolicy: true,
      ignorePublicAcls: true,
      restrictPublicBuckets: true,
    });
    expect(known(one("aws:s3/bucketVersioning:BucketVersioning"), "versioningConfiguration.status")).toBe("Enabled");
    expect(known(one("aws:s3/bucketLifecycleConfiguration:BucketLifecycleConfiguration"), "rules.0.transitions.0")).toEqual({ days: 90, storageClass: "GLACIER_IR" });
    expect(statementsOf(one("aws:s3/bucketPolicy:BucketPolicy"))).toEqual([expect.objectContaining({ Effect: "Deny", Condition: { Bool: { "aws:SecureTransport": "false" } } })]);
  });
});

describe("storage classes", () => {
  const classes = ofType("kubernetes:storage.k8s.io/v1:StorageClass");

  test("are the ones that manifests name, encrypted, where the pod is, and growable", () => {
    expect(classes.map(({ name }) => name)).toEqual(["fast-ssd", "shared-filesystem", "standard-ssd"]);
    for (const each of classes) {
      expect(each.inputs).toMatchObject({ volumeBindingMode: "WaitForFirstConsumer", allowVolumeExpansion: true, reclaimPolicy: "Retain" });
    }
    expect(known(one("kubernetes:storage.k8s.io/v1:StorageClass", "fast-ssd"), "parameters.iops")).toBe("3000");
  });
});

describe("protection", () => {
  const protectedTypes = (from: readonly RecordedResource[]): string[] => [
    ...new Set(from.filter(({ protect }) => protect).map(({ type }) => type.split(":").at(-1) ?? "")),
  ].toSorted();

  test("in production covers what holds data and what it hangs on", () => {
    expect(protectedTypes(resources)).toEqual(["Bucket", "Cluster", "FileSystem", "Instance", "Key", "Secret", "Vpc"]);
  });

  test("in staging covers nothing: it can be destroyed", async () => {
    expect(protectedTypes((await planOf("staging")).resources)).toEqual([]);
  });
});

test("everything carries the environment's tags, through its provider", () => {
  const provider = one("pulumi:providers:aws");
  expect(JSON.parse(String(known(provider, "defaultTags")))).toEqual({
    tags: { project: "promptops", environment: "production", "managed-by": "pulumi" },
  });
  expect(JSON.parse(String(known(provider, "allowedAccountIds")))).toEqual(["111122223333"]);
});

describe("Argo CD", () => {
  test("is installed at a pinned version, and follows the rendered branch", () => {
    expect(known(one("kubernetes:helm.sh/v3:Release", "argo-cd"), "version")).toMatch(/^\d+\.\d+\.\d+$/);
    const root = one("kubernetes:helm.sh/v3:Release", "root");
    expect(known(root, "values.applications.platform.source.targetRevision")).toBe("rendered/production");
  });

  test("applies by hand in production and by itself in staging", async () => {
    const automated = (from: readonly RecordedResource[]): unknown =>
      known(one("kubernetes:helm.sh/v3:Release", "root", from), "values.applications.platform.syncPolicy.automated");
    expect(automated(resources)).toBeUndefined();
    expect(automated((await planOf("staging")).resources)).toEqual({ prune: true, selfHeal: true });
  });
});
