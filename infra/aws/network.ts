import { ec2, iam } from "@pulumi/aws";
import { ComponentResource, type ComponentResourceOptions, type Output } from "@pulumi/pulumi";
import { parseBlock, subnetsOf, type ZoneSubnets } from "../../platform/addresses.ts";
import type { AwsEnvironment } from "../../platform/environment.ts";
import { clusterName, roleName } from "../../platform/names.ts";
import { isGuarded } from "../guards.ts";
import type { Account } from "./account.ts";
import type { Keys } from "./keys.ts";
import { createLogGroup } from "./log-group.ts";
import { forAccount, policyDocument, trust } from "./policies.ts";

/** The subnets of a zone as they were made. */
interface Zone {
  readonly plan: ZoneSubnets;
  readonly public: ec2.Subnet;
  readonly private: ec2.Subnet;
  readonly isolated: ec2.Subnet;
  readonly controlPlane: ec2.Subnet;
}

export interface NetworkArgs {
  readonly environment: AwsEnvironment;
  readonly account: Account;
  readonly keys: Keys;
}

/**
 * A VPC with four subnets in each zone: public for load balancers, private behind the zone's own NAT gateway for nodes
 * and pods, and two without a route to the internet: isolated for databases, and one for the interfaces of the control
 * plane, so that policies can tell it from pods. There is no bastion: administrators open short-lived sessions on nodes
 * through Systems Manager.
 */
export class Network extends ComponentResource {
  readonly vpcId: Output<string>;
  readonly zones: readonly Zone[];

  constructor(name: string, args: NetworkArgs, options: ComponentResourceOptions) {
    super("promptops:aws:Network", name, {}, options);
    const { environment } = args;
    const inside = { parent: this };
    const called = clusterName(environment);
    const cidrBlock = environment.network.cidr;
    const block = parseBlock(cidrBlock);
    if (!block) throw new Error(`Network '${name}': '${cidrBlock}' is no network.`);

    const vpc = new ec2.Vpc(
      "vpc",
      { cidrBlock, enableDnsHostnames: true, enableDnsSupport: true, tags: { Name: called } },
      { ...inside, protect: isGuarded(environment) },
    );
    this.vpcId = vpc.id;
    // The group that AWS makes with every VPC lets its members talk; ours has no rule, and nothing is in it.
    new ec2.DefaultSecurityGroup("default", { vpcId: vpc.id, tags: { Name: `${called}-unused` } }, inside);
    const internet = new ec2.InternetGateway("internet", { vpcId: vpc.id, tags: { Name: called } }, inside);
    const outward = createRouteTable("public");
    new ec2.Route(
      "public",
      { routeTableId: outward.id, destinationCidrBlock: "0.0.0.0/0", gatewayId: internet.id },
      inside,
    );
    const closed = createRouteTable("isolated");

    const behindNat: ec2.RouteTable[] = [];
    this.zones = subnetsOf(block, environment.zones).map(createZone);
    createS3Endpoint(this, { ...args, vpcId: vpc.id }, behindNat);
    createFlowLog(this, { ...args, vpcId: vpc.id });
    this.registerOutputs();

    function createRouteTable(use: string): ec2.RouteTable {
      return new ec2.RouteTable(use, { vpcId: vpc.id, tags: { Name: `${called}-${use}` } }, inside);
    }

    function createSubnet(use: string, zone: string, cidr: string, tags: Record<string, string> = {}): ec2.Subnet {
      return new ec2.Subnet(
        `${use}-${zone}`,
        { vpcId: vpc.id, availabilityZone: zone, cidrBlock: cidr, tags: { Name: `${called}-${use}-${zone}`, ...tags } },
        inside,
      );
    }

    function createZone(plan: ZoneSubnets): Zone {
      const { zone } = plan;
      // The load balancer controller finds its subnets by these tags.
      const made = {
        public: createSubnet("public", zone, plan.public, { "kubernetes.io/role/elb": "1" }),
        private: createSubnet("private", zone, plan.private, { "kubernetes.io/role/internal-elb": "1" }),
        isolated: createSubnet("isolated", zone, plan.isolated),
        controlPlane: createSubnet("control-plane", zone, plan.controlPlane),
      };
      const nat = createNat(zone, made.public);
      const table = createRouteTable(`private-${zone}`);
      new ec2.Route(
        `private-${zone}`,
        { routeTableId: table.id, destinationCidrBlock: "0.0.0.0/0", natGatewayId: nat.id },
        inside,
      );
      behindNat.push(table);
      const routed: readonly (readonly [string, ec2.Subnet, ec2.RouteTable])[] = [
        ["public", made.public, outward],
        ["private", made.private, table],
        ["isolated", made.isolated, closed],
        ["control-plane", made.controlPlane, closed],
      ];
      for (const [use, subnet, routeTable] of routed) {
        new ec2.RouteTableAssociation(`${use}-${zone}`, { subnetId: subnet.id, routeTableId: routeTable.id }, inside);
      }
      return { plan, ...made };
    }

    /** One a zone: a lost zone takes only its own way out with it. */
    function createNat(zone: string, subnet: ec2.Subnet): ec2.NatGateway {
      const tags = { Name: `${called}-${zone}` };
      const address = new ec2.Eip(`nat-${zone}`, { domain: "vpc", tags }, inside);
      return new ec2.NatGateway(
        `nat-${zone}`,
        { subnetId: subnet.id, allocationId: address.id, tags },
        { ...inside, dependsOn: [internet] },
      );
    }
  }
}

type InVpc = NetworkArgs & { readonly vpcId: Output<string> };

/** What goes to S3 passes no NAT gateway. */
function createS3Endpoint(
  parent: ComponentResource,
  { environment, account, vpcId }: InVpc,
  tables: readonly ec2.RouteTable[],
): void {
  new ec2.VpcEndpoint(
    "s3",
    {
      vpcId,
      serviceName: `com.amazonaws.${account.region}.s3`,
      routeTableIds: tables.map(({ id }) => id),
      tags: { Name: `${clusterName(environment)}-s3` },
    },
    { parent },
  );
}

/** Every connection accepted or refused, kept for a month. */
function createFlowLog(parent: ComponentResource, { environment, account, keys, vpcId }: InVpc): void {
  const called = clusterName(environment);
  const group = createLogGroup("flow-log", { called: `/promptops/${called}/flow-log`, keys }, { parent });
  const role = new iam.Role(
    "flow-log",
    {
      name: roleName(environment, "flow-log"),
      assumeRolePolicy: trust("vpc-flow-logs.amazonaws.com", forAccount(account)),
    },
    { parent },
  );
  const policy = policyDocument({
    Effect: "Allow",
    Action: ["logs:CreateLogStream", "logs:PutLogEvents", "logs:DescribeLogStreams"],
    Resource: `arn:aws:logs:${account.region}:${account.id}:log-group:/promptops/${called}/flow-log:*`,
  });
  new iam.RolePolicy("flow-log", { role: role.id, policy }, { parent });
  new ec2.FlowLog(
    "flow-log",
    { vpcId, trafficType: "ALL", logDestination: group.arn, iamRoleArn: role.arn },
    { parent },
  );
}
