import { expect, test } from "vitest";
import { noPublicAccess } from "../../proofs/no-public-access.ts";
import { environmentNames } from "../environments.ts";
import { damageObject, planOf } from "../plans.ts";
import { type Case, damaged, expectFailure, found, output, without, withResource } from "./cloud.ts";

const [aws, lke] = [await planOf("production"), await planOf("production-lke")];

test.each(environmentNames)("nothing in %s is open but what its file opens", async (name) => {
  const { failures, evidence } = noPublicAccess.examine(await planOf(name));
  expect(failures).toEqual([]);
  expect(evidence[0]).toMatch(/^\d+ entry points, open to \d+ CIDR blocks/);
});

test.each<Case>([
  [
    "a database on the internet",
    (plan) => damaged(plan, "Instance database", (inputs) => (inputs.publiclyAccessible = true)),
    /^Instance 'database' is open to 0.0.0.0\/0/,
  ],
  [
    "a rule that lets everybody in",
    (plan) => damaged(plan, "SecurityGroupIngressRule", (inputs) => (inputs.cidrIpv4 = "0.0.0.0/0")),
    /^SecurityGroupIngressRule .* is open to 0.0.0.0\/0/,
  ],
  [
    "a rule that lets everybody in by IPv6",
    (plan) => damaged(plan, "SecurityGroupIngressRule", (inputs) => (inputs.cidrIpv6 = "::/0")),
    /is open to ::\/0/,
  ],
  [
    "a rule for another network",
    (plan) => damaged(plan, "SecurityGroupIngressRule", (inputs) => (inputs.cidrIpv4 = "10.0.0.0/8")),
    /is open to 10.0.0.0\/8/,
  ],
  [
    "a rule that is written in its group",
    (plan) => damaged(plan, "SecurityGroup database", (inputs) => (inputs.ingress = [{ cidrBlocks: ["0.0.0.0/0"] }])),
    /^SecurityGroup 'database' is open/,
  ],
  ["a default group that is left as it is", (plan) => without(plan, "DefaultSecurityGroup"), /default security group/],
  [
    "a bucket without its block",
    (plan) => without(plan, "BucketPublicAccessBlock"),
    /blockPublicAcls.*Close it|without blockPublicAcls/,
  ],
  [
    "a bucket whose block has a gap",
    (plan) => damaged(plan, "BucketPublicAccessBlock", (inputs) => delete inputs.restrictPublicBuckets),
    /without restrictPublicBuckets/,
  ],
  [
    "a block of another bucket",
    (plan) => damaged(plan, "BucketPublicAccessBlock", (inputs) => (inputs.bucket = "other")),
    /^Bucket 'backups' is open/,
  ],
  [
    "a bucket that anybody reads",
    (plan) =>
      damaged(
        plan,
        "BucketPolicy",
        (inputs) =>
          (inputs.policy = JSON.stringify({
            Statement: { Effect: "Allow", Principal: "*", Action: "s3:GetObject", Resource: "*" },
          })),
      ),
    /^BucketPolicy .* allows every principal/,
  ],
  [
    "a bucket with an ACL",
    (plan) => withResource(plan, "aws:s3/bucketAcl:BucketAcl", { acl: "public-read" }),
    /^BucketAcl/,
  ],
  [
    "an API that is open to everybody",
    (plan) => damaged(plan, "Cluster", (inputs) => (inputs.vpcConfig.publicAccessCidrs = ["0.0.0.0/0"])),
    /which 'kubernetes.access' does not name/,
  ],
  [
    "an API whose blocks are gone",
    (plan) => damaged(plan, "Cluster", (inputs) => delete inputs.vpcConfig.publicAccessCidrs),
    /is open to 0.0.0.0\/0/,
  ],
  [
    "an API that is closed to administrators",
    (plan) => damaged(plan, "Cluster", (inputs) => (inputs.vpcConfig.endpointPublicAccess = false)),
    /is closed to 203.0.113.0\/24/,
  ],
  [
    "nodes in a public subnet",
    (plan) =>
      damaged(
        plan,
        "NodeGroup data-1-a",
        (inputs) => (inputs.subnetIds = [output(found(plan, "Subnet public-eu-central-1a"))]),
      ),
    /^NodeGroup 'data-1-a' is open/,
  ],
  [
    "nodes' subnets behind the internet gateway",
    (plan) =>
      damaged(plan, "Route private-eu-central-1a", (inputs) => {
        delete inputs.natGatewayId;
        inputs.gatewayId = output(found(plan, "InternetGateway"));
      }),
    /^NodeGroup .* is open/,
  ],
  [
    "subnets that give public addresses",
    (plan) => damaged(plan, "Subnet private-eu-central-1b", (inputs) => (inputs.mapPublicIpOnLaunch = true)),
    /mapPublicIpOnLaunch/,
  ],
  [
    "nodes with public addresses",
    (plan) =>
      damaged(plan, "LaunchTemplate", (inputs) => (inputs.networkInterfaces = [{ associatePublicIpAddress: "true" }])),
    /associatePublicIpAddress/,
  ],
  [
    "nodes with SSH",
    (plan) => damaged(plan, "NodeGroup", (inputs) => (inputs.remoteAccess = { ec2SshKey: "key" })),
    /remoteAccess/,
  ],
  [
    "a load balancer of an extension",
    (plan) => withResource(plan, "aws:lb/loadBalancer:LoadBalancer", {}),
    /^LoadBalancer 'extra' is open/,
  ],
  [
    "a Service of nodes' ports",
    (plan) => damageObject(plan, "Service", "worker", ({ spec }) => (spec.type = "NodePort")),
    /^Service application\/worker is of type NodePort/,
  ],
])("on aws, %s is noticed", (_, damage, failure) => {
  expectFailure(noPublicAccess, damage(aws), failure);
});

test.each<Case>([
  [
    "an API without a list",
    (plan) => damaged(plan, "LkeCluster", (inputs) => (inputs.controlPlane.acl.enabled = false)),
    /^LkeCluster .* is open to 0.0.0.0\/0/,
  ],
  [
    "an API that is open to more",
    (plan) =>
      damaged(plan, "LkeCluster", (inputs) => inputs.controlPlane.acl.addresses[0].ipv4s.push("198.51.100.0/24")),
    /does not name/,
  ],
  [
    "a bucket that anybody reads",
    (plan) => damaged(plan, "ObjectStorageBucket", (inputs) => (inputs.acl = "public-read")),
    /^ObjectStorageBucket .* is open/,
  ],
  [
    "a bucket that browsers read",
    (plan) => damaged(plan, "ObjectStorageBucket", (inputs) => (inputs.corsEnabled = true)),
    /corsEnabled/,
  ],
  [
    "a database that lets no node in",
    (plan) => damaged(plan, "DatabasePostgresqlV2", (inputs) => (inputs.allowLists = [])),
    /is closed to the nodes/,
  ],
])("on linode, %s is noticed", (_, damage, failure) => {
  expectFailure(noPublicAccess, damage(lke), failure);
});
