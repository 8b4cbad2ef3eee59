import { describe, expect, test } from "vitest";
import { isObject, known, knownText, type RecordedResource } from "../../plan/model/recorded.ts";
import { planOf } from "../plans.ts";
import { ofType, one, originOf, parsed, resources, statementsOf } from "./resources.ts";

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
    expect(known(one("aws:rds/parameterGroup:ParameterGroup"), "parameters")).toEqual([
      { name: "rds.force_ssl", value: "1" },
    ]);
  });

  test("has two read replicas in other zones", () => {
    const zones = ofType("aws:rds/instance:Instance")
      .filter(({ name }) => name !== "database")
      .map((replica) => known(replica, "availabilityZone"));
    expect(zones).toEqual(["eu-central-1b", "eu-central-1c"]);
  });

  test("stands in the isolated subnets", () => {
    const subnets = one("aws:rds/subnetGroup:SubnetGroup").dependsOn.map((urn) => urn.split("::").at(-1));
    expect(subnets).toEqual(["isolated-eu-central-1a", "isolated-eu-central-1b", "isolated-eu-central-1c"]);
  });
});

describe("what outlives the database", () => {
  test("is copied every six hours and weekly into the vault, outside the hours of RDS' own backup and maintenance", () => {
    const plan = one("aws:backup/plan:Plan");
    expect(plan.inputs["rules"]).toMatchObject([
      { ruleName: "six-hourly", schedule: "cron(0 5,11,17,23 * * ? *)", lifecycle: { deleteAfter: 7 } },
      { ruleName: "weekly", schedule: "cron(0 9 ? * SUN *)", lifecycle: { deleteAfter: 90 } },
    ]);
    expect(one("aws:rds/instance:Instance", "database").inputs).toMatchObject({
      backupWindow: "01:00-01:30",
      maintenanceWindow: "sun:03:00-sun:04:00",
    });
  });

  test("is in the standby region too, under a key of that region", () => {
    const replication = one(
      "aws:rds/instanceAutomatedBackupsReplication:InstanceAutomatedBackupsReplication",
      "standby",
    );
    const key = originOf(replication, "kmsKeyId");
    expect([replication, key].map((each) => known(each, "region"))).toEqual(["eu-west-1", "eu-west-1"]);
    expect(replication.deleteBeforeReplace).toBe(true);
  });
});

describe("secrets", () => {
  test("are made once: what generates one ignores its own change", () => {
    const versions = ofType("aws:secretsmanager/secretVersion:SecretVersion");
    const generated = versions
      .filter(({ ignoreChanges }) => ignoreChanges.includes("secretString"))
      .map(({ name }) => name);
    expect(generated.toSorted()).toEqual([
      ...["alerts-heartbeat", "alerts-page", "alerts-ticket"],
      "analytics-database-password",
      "api-administrator-password",
      "api-database-password",
      "api-migrator-password",
      "custom-model-key",
      "database-admin",
      "evaluator-database-password",
      "grafana-admin",
      "jwt-signing-key",
      "notifications-database-password",
      "rabbitmq-analytics",
      "valkey",
      "worker-database-password",
    ]);
  });

  test("are encrypted with our key and stand under the environment's prefix", () => {
    for (const secret of ofType("aws:secretsmanager/secret:Secret")) {
      expect(known(secret, "name")).toMatch(/^promptops-production\//);
      expect(originOf(secret, "kmsKeyId").name).toBe("data");
    }
  });

  test("never stand in the plan", () => {
    const versions = ofType("aws:secretsmanager/secretVersion:SecretVersion").map(
      ({ inputs }) => inputs["secretString"],
    );
    expect(versions.every((value) => isObject(value) && ("$secret" in value || "$output" in value))).toBe(true);
    expect(one("aws:rds/instance:Instance", "database").inputs["password"]).toEqual({ $secret: true });
  });
});

/** Actions that only read, and for which IAM has no resource. */
const WITHOUT_RESOURCE =
  /^(tag:GetResources|route53:ListHostedZones|(autoscaling|ec2|elasticloadbalancing):(Describe|Get)\w+)$/;

describe("least privilege", () => {
  test("no policy allows every action, and none reaches every resource but where IAM knows none, or through a condition", () => {
    const policies = ofType("aws:iam/rolePolicy:RolePolicy");
    expect(policies.length).toBeGreaterThanOrEqual(4);
    for (const policy of policies) {
      for (const { Action, Resource, Condition } of statementsOf(policy)) {
        const actions = [Action].flat();
        for (const action of actions) expect(action, policy.name).not.toMatch(/^(\*|\w+:\*)$/);
        for (const resource of [Resource ?? "*"].flat()) {
          const named = resource !== "*" || actions.every((action) => WITHOUT_RESOURCE.test(action));
          expect(named, policy.name).toBe(true);
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
    const bound = ofType("aws:eks/podIdentityAssociation:PodIdentityAssociation").map(
      (each) => `${knownText(each, "namespace")}/${knownText(each, "serviceAccount")}`,
    );
    expect(bound.toSorted()).toEqual([
      "application/api",
      "application/worker",
      "aws-load-balancer-controller/aws-load-balancer-controller",
      "cluster-autoscaler/cluster-autoscaler",
      "external-dns/external-dns",
      "external-secrets/external-secrets",
      "velero/velero-server",
    ]);
  });
});

describe.each(["backups", "objects"])("the bucket of %s", (name) => {
  test("is private, versioned, encrypted with our key, and closed to plain HTTP", () => {
    expect(known(one("aws:s3/bucket:Bucket", name), "bucket")).toBe(`promptops-production-${name}-111122223333`);
    expect(one("aws:s3/bucketPublicAccessBlock:BucketPublicAccessBlock", name).inputs).toMatchObject({
      blockPublicAcls: true,
      blockPublicPolicy: true,
      ignorePublicAcls: true,
      restrictPublicBuckets: true,
    });
    expect(known(one("aws:s3/bucketVersioning:BucketVersioning", name), "versioningConfiguration.status")).toBe(
      "Enabled",
    );
    expect(statementsOf(one("aws:s3/bucketPolicy:BucketPolicy", name))).toEqual([
      expect.objectContaining({ Effect: "Deny", Condition: { Bool: { "aws:SecureTransport": "false" } } }),
    ]);
  });
});

test("backups are cold after 90 days, and objects never", () => {
  const rules = (name: string): unknown =>
    known(one("aws:s3/bucketLifecycleConfiguration:BucketLifecycleConfiguration", name), "rules");
  expect(rules("backups")).toMatchObject([{ transitions: [{ days: 90, storageClass: "GLACIER_IR" }] }]);
  expect(rules("objects")).toEqual([expect.not.objectContaining({ transitions: expect.anything() })]);
});

describe("storage classes", () => {
  const classes = ofType("kubernetes:storage.k8s.io/v1:StorageClass");

  test("are the ones that manifests name, encrypted, where the pod is, and growable", () => {
    expect(classes.map(({ name }) => name)).toEqual(["fast-ssd", "shared-filesystem", "standard-ssd"]);
    for (const each of classes) {
      expect(each.inputs).toMatchObject({
        volumeBindingMode: "WaitForFirstConsumer",
        allowVolumeExpansion: true,
        reclaimPolicy: "Retain",
      });
    }
    expect(known(one("kubernetes:storage.k8s.io/v1:StorageClass", "fast-ssd"), "parameters.iops")).toBe("3000");
  });
});

describe("protection", () => {
  const protectedTypes = (from: readonly RecordedResource[]): string[] =>
    [...new Set(from.filter(({ protect }) => protect).map(({ type }) => type.split(":").at(-1) ?? ""))].toSorted();

  test("in production covers what holds data and what it hangs on", () => {
    expect(protectedTypes(resources)).toEqual([
      "Bucket",
      "Cluster",
      "FileSystem",
      "Instance",
      "Key",
      "Secret",
      "Vault",
      "Vpc",
      "Zone",
    ]);
  });

  test("in staging covers nothing: it can be destroyed", async () => {
    expect(protectedTypes((await planOf("staging")).resources)).toEqual([]);
  });
});

test("everything carries the environment's tags, through its provider", () => {
  const provider = one("pulumi:providers:aws");
  expect(parsed(provider, "defaultTags")).toEqual({
    tags: { project: "promptops", environment: "production", "managed-by": "pulumi" },
  });
  expect(parsed(provider, "allowedAccountIds")).toEqual(["111122223333"]);
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
