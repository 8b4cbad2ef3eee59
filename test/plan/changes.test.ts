import { describe, expect, test } from "vitest";
import { changesOf, onChange, prefixesOf, providerSources, rowOf } from "../../plan/changes/on-change.ts";
import type { Recorded } from "../../plan/model/recorded.ts";
import { environmentNames } from "../environments.ts";
import { planOf } from "../plans.ts";

/** The path of every value of a resource's inputs, without the positions of lists. */
function pathsIn(value: Recorded, path: string): string[] {
  if (Array.isArray(value)) return [path, ...(value as readonly Recorded[]).flatMap((item) => pathsIn(item, path))];
  if (typeof value !== "object" || value === null || "$output" in value || "$secret" in value) return [path];
  return [path, ...Object.entries(value).flatMap(([key, item]) => pathsIn(item, `${path}.${key}`))];
}

async function inputsOf(): Promise<{ readonly type: string; readonly path: string }[]> {
  const found = new Map<string, { type: string; path: string }>();
  for (const name of environmentNames) {
    const { resources } = await planOf(name);
    for (const { type, custom, inputs } of resources) {
      for (const path of custom ? Object.entries(inputs).flatMap(([key, value]) => pathsIn(value, key)) : [])
        found.set(`${type} ${path}`, { type, path });
    }
  }
  return [...found.values()];
}

/** What may never be undecided: it holds data, or everything depends on it. */
const PRECIOUS =
  /^(aws:eks\/(cluster|nodeGroup)|aws:ec2\/subnet|aws:rds|aws:s3\/bucket:|aws:kms\/key|linode:index\/(lke|database|objectStorageBucket))/;

describe("the table of what changes do", () => {
  test("has a row for every input of every resource of the four plans", async () => {
    const inputs = await inputsOf();
    expect(inputs.length).toBeGreaterThan(250);
    expect(inputs.filter(({ type, path }) => !rowOf(type, path)).map(({ type, path }) => `${type} ${path}`)).toEqual(
      [],
    );
  });

  test("leaves at most 5 % of them undecided, and nothing of what is precious", async () => {
    const inputs = (await inputsOf()).filter(({ path }) => !path.includes("."));
    const undecided = inputs.filter(({ type, path }) => onChange(type, path).effect === "unknown");
    expect(undecided.length / inputs.length).toBeLessThanOrEqual(0.05);
    for (const { types } of providerSources) {
      for (const [type, { unknown = {} }] of Object.entries(types)) {
        for (const { reason } of Object.values(unknown)) expect(reason).toMatch(/^[A-Z].{20,}\.$/);
        if (PRECIOUS.test(type)) expect([type, unknown]).toEqual([type, {}]);
      }
    }
  });

  test("says of each row where it was read", async () => {
    for (const { type, path } of await inputsOf())
      expect(onChange(type, path).source).toMatch(/^(https:\/\/|[\w-]+\/[\w-]+@[0-9a-f]{12,40} )[\w./-]+(:|#L)\d+$/);
    for (const { read, version } of providerSources) {
      expect(read).toMatch(/^\d{4}-\d\d-\d\d$/);
      expect(version).not.toBe("");
    }
  });

  test("has no input twice, and no rule for one that it does not list", () => {
    for (const { types } of providerSources) {
      for (const [type, rows] of Object.entries(types)) {
        const { replaces, recreates, updates, refuses, ignores, unknown } = rows;
        const listed = [replaces, recreates, updates, refuses, ignores, unknown].flatMap((list = {}) =>
          Object.keys(list),
        );
        expect([type, listed.filter((path, index) => listed.indexOf(path) !== index)]).toEqual([type, []]);
        const { exceptions = [], follows = {}, notes = {} } = rows;
        for (const path of [...exceptions.map(({ input }) => input), ...Object.keys(follows), ...Object.keys(notes)])
          expect([type, path, rowOf(type, path) !== undefined]).toEqual([type, path, true]);
        for (const followed of Object.values(follows)) expect(changesOf(followed)).toBeDefined();
      }
    }
  });
});

describe("what a change does", () => {
  const NODE_GROUP = "aws:eks/nodeGroup:NodeGroup";
  const CLUSTER = "aws:eks/cluster:Cluster";
  const STORAGE_CLASS = "kubernetes:storage.k8s.io/v1:StorageClass";

  test.each([
    ["aws:ec2/subnet:Subnet", "cidrBlock", "replace"],
    ["aws:ec2/subnet:Subnet", "tags.kubernetes.io/role/elb", "update"],
    [NODE_GROUP, "instanceTypes.0", "replace"],
    [NODE_GROUP, "scalingConfig.minSize", "update"],
    [NODE_GROUP, "taints.0.key", "update"],
    // A template's newest version is taken in place, another template is not.
    [NODE_GROUP, "launchTemplate.version", "update"],
    [NODE_GROUP, "launchTemplate.id", "replace"],
    [CLUSTER, "version", "update"],
    [CLUSTER, "vpcConfig.subnetIds", "update"],
    [CLUSTER, "kubernetesNetworkConfig.serviceIpv4Cidr", "replace"],
    [CLUSTER, "kubernetesNetworkConfig.elasticLoadBalancing", "update"],
    [CLUSTER, "region", "replace"],
    ["aws:rds/instance:Instance", "kmsKeyId", "replace"],
    ["aws:rds/instance:Instance", "multiAz", "update"],
    ["aws:rds/instance:Instance", "identifier", "update"],
    // The provider patches what only the API server knows to be immutable.
    [STORAGE_CLASS, "reclaimPolicy", "refuse"],
    [STORAGE_CLASS, "provisioner", "replace"],
    ["kubernetes:core/v1:Namespace", "metadata.labels.app", "update"],
    ["kubernetes:core/v1:Namespace", "metadata.name", "replace"],
    ["kubernetes:rbac.authorization.k8s.io/v1:RoleBinding", "roleRef.name", "replace"],
    ["kubernetes:helm.sh/v3:Release", "values.global.image", "update"],
    ["linode:index/lkeNodePool:LkeNodePool", "type", "replace"],
    // Pulumi calls both an update, and all nodes go.
    ["linode:index/lkeCluster:LkeCluster", "pools.0.type", "recreate"],
    ["linode:index/lkeCluster:LkeCluster", "k8sVersion", "recreate"],
    ["linode:index/lkeCluster:LkeCluster", "pools.0.autoscaler.max", "update"],
    ["pulumi:providers:kubernetes", "kubeconfig", "unknown"],
    ["aws:sns/topic:Topic", "name", "unknown"],
  ])("%s %s: %s", (type, path, effect) => {
    expect(onChange(type, path).effect).toBe(effect);
  });

  test.each([
    [CLUSTER, "version", "1.35", "1.36", "update"],
    [CLUSTER, "version", "1.10", "1.9", "refuse"],
    [CLUSTER, "encryptionConfig", { resources: ["secrets"] }, undefined, "replace"],
    [CLUSTER, "encryptionConfig", undefined, { resources: ["secrets"] }, "update"],
    ["aws:rds/instance:Instance", "allocatedStorage", 100, 50, "ignore"],
    ["aws:rds/instance:Instance", "allocatedStorage", 50, 100, "update"],
    ["aws:vpc/securityGroupIngressRule:SecurityGroupIngressRule", "cidrIpv4", "10.0.0.0/8", "10.0.0.0/16", "update"],
    ["aws:vpc/securityGroupIngressRule:SecurityGroupIngressRule", "cidrIpv4", "10.0.0.0/8", undefined, "replace"],
    ["linode:index/lkeCluster:LkeCluster", "controlPlane.highAvailability", true, false, "refuse"],
    ["linode:index/lkeCluster:LkeCluster", "controlPlane.highAvailability", false, true, "update"],
    ["linode:index/databasePostgresqlV2:DatabasePostgresqlV2", "engineId", "postgresql/16", "mysql/8", "refuse"],
    ["linode:index/databasePostgresqlV2:DatabasePostgresqlV2", "engineId", "postgresql/16", "postgresql/17", "update"],
    ["pulumi:providers:kubernetes", "kubeconfig", "a", { $output: ["urn"] }, "replace"],
  ])("%s %s from %j to %j: %s", (...[type, path, before, after, effect]) => {
    expect(onChange(type, path, { before, after }).effect).toBe(effect);
  });

  test("is asked of the innermost input that has a row", () => {
    expect(prefixesOf("rules.0.transitions[30].days")).toEqual([
      "rules.transitions.days",
      "rules.transitions",
      "rules",
    ]);
  });
});
