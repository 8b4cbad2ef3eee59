import { expect, test } from "vitest";
import { validNetwork } from "../../proofs/valid-network.ts";
import { environmentNames } from "../environments.ts";
import { planOf } from "../plans.ts";
import { type Case, damaged, expectFailure, found, output, without } from "./cloud.ts";

const aws = await planOf("production");

test.each(environmentNames)("the network of %s holds", async (name) => {
  const { failures, evidence } = validNetwork.examine(await planOf(name));
  expect(failures).toEqual([]);
  expect(evidence[0]).toMatch(/\d+ subnets of/);
});

test.each<Case>([
  ["no network", (plan) => without(plan, "Vpc"), /the plan has no network/],
  [
    "subnets that overlap",
    (plan) => damaged(plan, "Subnet isolated-eu-central-1a", (inputs) => (inputs.cidrBlock = "10.20.0.0/24")),
    /overlaps/,
  ],
  [
    "a subnet outside",
    (plan) => damaged(plan, "Subnet isolated-eu-central-1a", (inputs) => (inputs.cidrBlock = "10.99.0.0/24")),
    /is not inside 10.20.0.0\/16/,
  ],
  [
    "Services in the network",
    (plan) => damaged(plan, "Cluster", (inputs) => (inputs.kubernetesNetworkConfig.serviceIpv4Cidr = "10.20.0.0/20")),
    /overlaps the Services'/,
  ],
  [
    "a subnet of another zone",
    (plan) => damaged(plan, "Subnet private-eu-central-1a", (inputs) => (inputs.availabilityZone = "eu-west-1a")),
    /which is not in 'zones'/,
  ],
  [
    "a NAT gateway of another zone",
    (plan) =>
      damaged(
        plan,
        "Route private-eu-central-1a",
        (inputs) => (inputs.natGatewayId = output(found(plan, "NatGateway nat-eu-central-1b"))),
      ),
    /private-eu-central-1a' holds nodes, but routes to a NAT gateway in eu-central-1b/,
  ],
  [
    "a zone without a NAT gateway",
    (plan) => without(plan, "NatGateway nat-eu-central-1a"),
    /zone eu-central-1a lacks a NAT gateway/,
  ],
  [
    "a NAT gateway in a private subnet",
    (plan) =>
      damaged(
        plan,
        "NatGateway nat-eu-central-1a",
        (inputs) => (inputs.subnetId = output(found(plan, "Subnet private-eu-central-1a"))),
      ),
    /holds a NAT gateway, but routes/,
  ],
  [
    "a NAT gateway without an address",
    (plan) => damaged(plan, "NatGateway nat-eu-central-1a", (inputs) => delete inputs.allocationId),
    /has no address of the VPC/,
  ],
  [
    "nodes without a way out",
    (plan) => without(plan, "Route private-eu-central-1a"),
    /holds nodes, but routes nowhere/,
  ],
  [
    "public subnets without a way out",
    (plan) => without(plan, "Route public"),
    /holds a NAT gateway, but routes nowhere/,
  ],
  [
    "a database with a way out",
    (plan) =>
      damaged(plan, "Route public", (inputs) => (inputs.routeTableId = output(found(plan, "RouteTable isolated")))),
    /holds databases, but routes to the internet/,
  ],
  [
    "a database beside nodes",
    (plan) =>
      damaged(
        plan,
        "SubnetGroup",
        (inputs) =>
          (inputs.subnetIds = ["a", "b", "c"].map((zone) => output(found(plan, `Subnet private-eu-central-1${zone}`)))),
      ),
    /holds databases and something else/,
  ],
  [
    "the control plane among pods",
    (plan) =>
      damaged(plan, "Cluster promptops-production", ({ vpcConfig }) => {
        vpcConfig.subnetIds = ["a", "b", "c"].map((zone) => output(found(plan, `Subnet private-eu-central-1${zone}`)));
      }),
    /holds the control plane's interfaces and something else/,
  ],
  [
    "a control plane with a way out",
    (plan) =>
      damaged(
        plan,
        "RouteTableAssociation control-plane-eu-central-1a",
        (inputs) => (inputs.routeTableId = output(found(plan, "RouteTable private-eu-central-1a"))),
      ),
    /holds the control plane's interfaces, but routes to a NAT gateway in eu-central-1a/,
  ],
  [
    "a database in one zone",
    (plan) => damaged(plan, "SubnetGroup", (inputs) => inputs.subnetIds.splice(1)),
    /databases may be in 1 zones of 3/,
  ],
  [
    "a database in no zone",
    (plan) => damaged(plan, "SubnetGroup", (inputs) => (inputs.subnetIds = [])),
    /databases may be in 0 zones/,
  ],
  [
    "a subnet without a table",
    (plan) => without(plan, "RouteTableAssociation private-eu-central-1a"),
    /has 0 route tables/,
  ],
  [
    "a control plane in one zone",
    (plan) => damaged(plan, "Cluster", (inputs) => inputs.vpcConfig.subnetIds.splice(1)),
    /lacks the control plane's interfaces/,
  ],
  [
    "subnets without the tag of load balancers",
    (plan) => damaged(plan, "Subnet public-eu-central-1a", (inputs) => delete inputs.tags["kubernetes.io/role/elb"]),
    /lacks a subnet for load balancers on the internet/,
  ],
  [
    "subnets with the wrong tag",
    (plan) =>
      damaged(plan, "Subnet private-eu-central-1a", (inputs) => (inputs.tags = { "kubernetes.io/role/elb": "1" })),
    /its tags for load balancers say otherwise/,
  ],
  [
    "no names for private endpoints",
    (plan) => damaged(plan, "Vpc", (inputs) => (inputs.enableDnsHostnames = false)),
    /enableDnsHostnames is off/,
  ],
  [
    "a database that pods do not reach",
    (plan) => without(plan, "SecurityGroupIngressRule database-eu-central-1b"),
    /does not let 10.20.32.0\/19 reach/,
  ],
  [
    "a database on another port",
    (plan) =>
      damaged(
        plan,
        "SecurityGroupIngressRule database-eu-central-1a",
        (inputs) => (inputs.fromPort = inputs.toPort = 5433),
      ),
    /Open TCP 5432 alone/,
  ],
  [
    "a rule for every port",
    (plan) =>
      damaged(plan, "SecurityGroupIngressRule database-eu-central-1a", (inputs) => {
        inputs.fromPort = 0;
        inputs.toPort = 65_535;
      }),
    /opens tcp 0 to 65535/,
  ],
  [
    "a rule for every protocol",
    (plan) => damaged(plan, "SecurityGroupIngressRule database-eu-central-1a", (inputs) => (inputs.ipProtocol = "-1")),
    /opens -1/,
  ],
  [
    "a rule for public subnets",
    (plan) =>
      damaged(
        plan,
        "SecurityGroupIngressRule database-eu-central-1a",
        (inputs) => (inputs.cidrIpv4 = "10.20.224.0/24"),
      ),
    /which holds no nodes/,
  ],
  [
    "a rule of another group",
    (plan) =>
      damaged(
        plan,
        "SecurityGroupIngressRule database-eu-central-1a",
        (inputs) => (inputs.securityGroupId = output(found(plan, "SecurityGroup shared-filesystem"))),
      ),
    /does not let/,
  ],
  [
    "a database without a group",
    (plan) => damaged(plan, "Instance database", (inputs) => (inputs.vpcSecurityGroupIds = [])),
    /has no security group/,
  ],
  [
    "a database without subnets",
    (plan) => damaged(plan, "Instance database", (inputs) => delete inputs.dbSubnetGroupName),
    /is in no subnet group/,
  ],
  [
    "files that a zone does not reach",
    (plan) => without(plan, "MountTarget eu-central-1c"),
    /nodes in eu-central-1c have no mount target/,
  ],
  ["backups through NAT", (plan) => without(plan, "VpcEndpoint"), /has no gateway endpoint for S3/],
])("%s is noticed", (_, damage, failure) => {
  expectFailure(validNetwork, damage(aws), failure);
});
