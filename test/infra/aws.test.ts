import { describe, expect, test } from "vitest";
import { overlaps, parseBlock } from "../../platform/addresses.ts";
import { isObject, known, knownText, originsOf, type RecordedResource } from "../../plan/model/recorded.ts";
import { freshPlan } from "../plans.ts";
import { ofType, one, originOf, resources } from "./resources.ts";

describe("the network", () => {
  test("has a public, a private, an isolated and a control plane's subnet in each of three zones", () => {
    const subnets = ofType("aws:ec2/subnet:Subnet").map((subnet) => [
      subnet.name.replace(/-eu-.*/, ""),
      known(subnet, "availabilityZone"),
    ]);
    expect(subnets).toHaveLength(12);
    for (const use of ["public", "private", "isolated", "control-plane"]) {
      expect(new Set(subnets.filter(([name]) => name === use).map(([, zone]) => zone)).size).toBe(3);
    }
  });

  test("gives the subnets of databases and of the control plane no route out", () => {
    const routes = ofType("aws:ec2/route:Route").map((route) => originOf(route, "routeTableId").name);
    expect(routes.toSorted()).toEqual([
      "private-eu-central-1a",
      "private-eu-central-1b",
      "private-eu-central-1c",
      "public",
    ]);
    const tables = ofType("aws:ec2/routeTableAssociation:RouteTableAssociation").filter(({ name }) =>
      /^(isolated|control-plane)-/.test(name),
    );
    expect(tables).toHaveLength(6);
    expect(new Set(tables.map((table) => originOf(table, "routeTableId").name))).toEqual(new Set(["isolated"]));
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
    const blocks = ofType("aws:ec2/subnet:Subnet").map((subnet) => parseBlock(knownText(subnet, "cidrBlock")));
    blocks.forEach((block, index) => {
      for (const other of blocks.slice(index + 1)) expect(block && other && overlaps(block, other)).toBe(false);
    });
  });

  test("logs every flow", () => {
    expect(known(one("aws:ec2/flowLog:FlowLog"), "trafficType")).toBe("ALL");
  });

  test("keeps every log for a month, under a key of its own", () => {
    const groups = ofType("aws:cloudwatch/logGroup:LogGroup");
    expect(groups.map((group) => known(group, "name"))).toContain("/aws/rds/instance/promptops-production/postgresql");
    for (const group of groups) {
      expect(known(group, "retentionInDays")).toBe(30);
      expect(originOf(group, "kmsKeyId").name).toBe("logs");
    }
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
    expect(known(cluster, "enabledClusterLogTypes")).toEqual([
      "api",
      "audit",
      "authenticator",
      "controllerManager",
      "scheduler",
    ]);
  });

  test("answers privately, and publicly to the CIDRs of the file alone", () => {
    expect(known(cluster, "vpcConfig.endpointPrivateAccess")).toBe(true);
    expect(known(cluster, "vpcConfig.publicAccessCidrs")).toEqual(["203.0.113.0/24"]);
  });

  test("lets the deployer and administrators in by an access entry each, and its creator by nothing else", () => {
    expect(ofType("aws:eks/accessEntry:AccessEntry").map((entry) => known(entry, "principalArn"))).toEqual([
      "arn:aws:iam::111122223333:role/platform-administrator",
      "arn:aws:iam::111122223333:role/platform-deployer",
    ]);
    expect(known(cluster, "accessConfig.bootstrapClusterCreatorAdminPermissions")).toBe(false);
  });

  test("makes one entry for a deployer that is listed as administrator, and two for equal names of two accounts", async () => {
    const [deployer, namesake] = ["111122223333", "444455556666"].map((id) => `arn:aws:iam::${id}:role/platform`);
    const { resources: changed } = await freshPlan("production", {
      "kubernetes.deployer": deployer,
      "kubernetes.administrators": [deployer, namesake],
    });
    const entries = ofType("aws:eks/accessEntry:AccessEntry", changed);
    expect(entries.map((entry) => known(entry, "principalArn"))).toEqual([deployer, namesake]);
  });

  test("lets nothing into it before the deployer may enter", () => {
    const grant = one("aws:eks/accessPolicyAssociation:AccessPolicyAssociation", "111122223333-platform-deployer");
    expect(one("pulumi:providers:kubernetes").dependsOn).toContain(grant.urn);
  });

  test("keeps its control plane in the zones that it was created in", () => {
    expect(cluster.ignoreChanges).toContain("vpcConfig.subnetIds");
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
  ])("%s has %d to %d nodes", (pool, min, max) => {
    expect([sum(pool, "minSize"), sum(pool, "maxSize")]).toEqual([min, max]);
  });

  test("are spot where the file wishes it, above the fewest nodes, and nowhere else", () => {
    const types = Object.fromEntries(
      ["application", "data", "infrastructure", "gpu"].map((pool) => [
        pool,
        of(pool).map((group) => known(group, "capacityType")),
      ]),
    );
    const onceInEachZone = ["ON_DEMAND", "ON_DEMAND", "ON_DEMAND", "SPOT", "SPOT", "SPOT"];
    expect(types["application"]?.toSorted()).toEqual(onceInEachZone);
    expect(new Set([types["data"], types["infrastructure"], types["gpu"]].flat())).toEqual(new Set(["ON_DEMAND"]));
  });

  test("that begin without a node say on their autoscaling group what the first one will be like", () => {
    const tags = ofType("aws:autoscaling/tag:Tag").map((tag) => [
      originOf(tag, "autoscalingGroupName").name,
      known(tag, "tag.key"),
      known(tag, "tag.value"),
    ]);
    const template = "k8s.io/cluster-autoscaler/node-template";
    expect(tags).toEqual(
      ["a", "b", "c"].flatMap((zone) => [
        [`application-1-spot-${zone}`, `${template}/label/generation`, "1"],
        [`application-1-spot-${zone}`, `${template}/label/spot`, "true"],
        [`application-1-spot-${zone}`, `${template}/label/workload`, "application"],
      ]),
    );
  });

  test("leave the number of nodes to the autoscaler", () => {
    expect(groups.every(({ ignoreChanges }) => ignoreChanges.includes("scalingConfig.desiredSize"))).toBe(true);
  });

  test("encrypt their disks and keep the node's credentials from pods", () => {
    for (const template of ofType("aws:ec2/launchTemplate:LaunchTemplate")) {
      expect(known(template, "metadataOptions"), template.name).toMatchObject({
        httpTokens: "required",
        httpPutResponseHopLimit: 1,
      });
      expect(known(template, "blockDeviceMappings.0.ebs.encrypted"), template.name).toBe("true");
    }
  });
});
