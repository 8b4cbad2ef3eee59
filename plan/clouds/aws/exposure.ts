import type { Entrance } from "../../model/safety.ts";
import type { RecordedResource } from "../../model/recorded.ts";
import { at, isOn, nameOf, objectsIn, ofType, referredTo, textsOf } from "../inputs.ts";
import { parsePolicy } from "./iam.ts";
import { subnetsNamed, wayOutOf } from "./routes.ts";

type Resources = readonly RecordedResource[];
type Reader = (resource: RecordedResource, resources: Resources) => readonly Entrance[];

export const ANYONE = "0.0.0.0/0";

const readers: Readonly<Record<string, Reader>> = {
  "aws:eks/cluster:Cluster": readApi,
  "aws:eks/nodeGroup:NodeGroup": readNodes,
  "aws:rds/instance:Instance": (instance) => [
    {
      to: nameOf(instance),
      kind: "database",
      from: anyoneIf(isOn(at(instance, "publiclyAccessible"))),
      by: "publiclyAccessible",
    },
  ],
  "aws:ec2/subnet:Subnet": (subnet) => [
    {
      to: nameOf(subnet),
      kind: "other",
      from: anyoneIf(isOn(at(subnet, "mapPublicIpOnLaunch"))),
      by: "mapPublicIpOnLaunch",
    },
  ],
  "aws:ec2/vpc:Vpc": readDefaultGroup,
  "aws:ec2/securityGroup:SecurityGroup": readInlineRules,
  "aws:ec2/defaultSecurityGroup:DefaultSecurityGroup": readInlineRules,
  "aws:ec2/securityGroupRule:SecurityGroupRule": (rule) =>
    at(rule, "type") === "ingress" ? [entranceBy(rule, textsOf(at(rule, "cidrBlocks")))] : [],
  "aws:vpc/securityGroupIngressRule:SecurityGroupIngressRule": (rule) => [
    entranceBy(rule, [...textsOf(at(rule, "cidrIpv4")), ...textsOf(at(rule, "cidrIpv6"))]),
  ],
  "aws:s3/bucket:Bucket": readBucket,
  "aws:s3/bucketAcl:BucketAcl": (acl) => [
    { to: nameOf(acl), kind: "other", from: anyoneIf(at(acl, "acl") !== "private"), by: "acl" },
  ],
  "aws:lb/loadBalancer:LoadBalancer": (balancer) => [
    { to: nameOf(balancer), kind: "other", from: anyoneIf(!isOn(at(balancer, "internal"))), by: "internal" },
  ],
};

export const entrancesOf = (resources: Resources): Entrance[] =>
  resources.flatMap((resource) => [...(readers[resource.type]?.(resource, resources) ?? []), ...readPolicy(resource)]);

const anyoneIf = (open: boolean): string[] => (open ? [ANYONE] : []);

const entranceBy = (rule: RecordedResource, from: readonly string[]): Entrance => ({
  to: nameOf(rule),
  kind: "other",
  from,
  by: "its source",
});

/** A public endpoint lets everybody in unless it names blocks; the private one is the network's. */
function readApi(cluster: RecordedResource): Entrance[] {
  const open = at(cluster, "vpcConfig.endpointPublicAccess");
  const blocks = textsOf(at(cluster, "vpcConfig.publicAccessCidrs"));
  const isPublic = open === undefined || isOn(open);
  return [
    {
      to: nameOf(cluster),
      kind: "kubernetes-api",
      from: isPublic ? (blocks.length > 0 ? blocks : [ANYONE]) : [],
      by: "vpcConfig.publicAccessCidrs",
    },
  ];
}

/** Nodes are reached where their subnet routes to the internet, where they have a public address, or through SSH. */
function readNodes(group: RecordedResource, resources: Resources): Entrance[] {
  const subnets = subnetsNamed(at(group, "subnetIds"), resources);
  const templates = referredTo(
    at(group, "launchTemplate.id"),
    ofType(resources, "aws:ec2/launchTemplate:LaunchTemplate"),
  );
  const addressed = templates
    .flatMap((template) => objectsIn(at(template, "networkInterfaces")))
    .some(({ associatePublicIpAddress }) => isOn(associatePublicIpAddress));
  const ssh =
    at(group, "remoteAccess.ec2SshKey") !== undefined && at(group, "remoteAccess.sourceSecurityGroupIds") === undefined;
  const to = nameOf(group);
  return [
    {
      to,
      kind: "other",
      from: anyoneIf(subnets.some((subnet) => wayOutOf(subnet, resources) === "internet")),
      by: "a subnet that routes to the internet gateway",
    },
    {
      to,
      kind: "other",
      from: anyoneIf(addressed),
      by: "networkInterfaces.associatePublicIpAddress of its launch template",
    },
    { to, kind: "other", from: anyoneIf(ssh), by: "remoteAccess" },
  ];
}

/** AWS makes a group with every network whose members reach each other, and which resources get that name none. */
function readDefaultGroup(network: RecordedResource, resources: Resources): Entrance[] {
  const closed = ofType(resources, "aws:ec2/defaultSecurityGroup:DefaultSecurityGroup").some(
    (group) => referredTo(at(group, "vpcId"), [network]).length > 0,
  );
  return [
    {
      to: nameOf(network),
      kind: "other",
      from: anyoneIf(!closed),
      by: "its default security group, which no resource closes",
    },
  ];
}

function readInlineRules(group: RecordedResource): Entrance[] {
  const rules = objectsIn(at(group, "ingress"));
  return rules.map((rule) => ({
    to: nameOf(group),
    kind: "other",
    from: [...textsOf(rule["cidrBlocks"]), ...textsOf(rule["ipv6CidrBlocks"])],
    by: "ingress",
  }));
}

const BLOCKS = ["blockPublicAcls", "blockPublicPolicy", "ignorePublicAcls", "restrictPublicBuckets"];

function readBucket(bucket: RecordedResource, resources: Resources): Entrance[] {
  const blocks = ofType(resources, "aws:s3/bucketPublicAccessBlock:BucketPublicAccessBlock").filter(
    (each) => referredTo(at(each, "bucket"), [bucket]).length > 0,
  );
  const acl = at(bucket, "acl");
  return [
    ...BLOCKS.map((input): Entrance => ({
      to: nameOf(bucket),
      kind: "other",
      from: anyoneIf(!blocks.some((block) => isOn(at(block, input)))),
      by: `a public access block without ${input}`,
    })),
    { to: nameOf(bucket), kind: "other", from: anyoneIf(acl !== undefined && acl !== "private"), by: "acl" },
  ];
}

/** Policies of gateway endpoints may name every principal: only callers inside the network get there. */
const INSIDE = "aws:ec2/vpcEndpoint:VpcEndpoint";

/** A policy of a resource that lets everybody do something. */
function readPolicy(resource: RecordedResource): Entrance[] {
  const statements = resource.type === INSIDE ? [] : (parsePolicy(at(resource, "policy")) ?? []);
  const open = statements.filter(
    ({ effect, principals, conditions }) =>
      effect === "Allow" && conditions.length === 0 && Object.values(principals).flat().includes("*"),
  );
  return open.map(() => ({
    to: nameOf(resource),
    kind: "other",
    from: [ANYONE],
    by: "policy, which allows every principal",
  }));
}
