import type { Network, PortGroup, Subnet, SubnetUser } from "../../model/safety.ts";
import type { RecordedResource } from "../../model/recorded.ts";
import { at, isOn, listedIn, nameOf, numberOf, objectsIn, ofType, referredTo, textsOf } from "../inputs.ts";
import { subnetsNamed, tablesOf, wayOutOf } from "./routes.ts";

type Resources = readonly RecordedResource[];

const VPC = "aws:ec2/vpc:Vpc";
const SUBNET = "aws:ec2/subnet:Subnet";
const INSTANCE = "aws:rds/instance:Instance";
const MOUNT_TARGET = "aws:efs/mountTarget:MountTarget";
const ENDPOINT = "aws:ec2/vpcEndpoint:VpcEndpoint";
const SECURITY_GROUP = "aws:ec2/securityGroup:SecurityGroup";
const ROUTE_TABLE = "aws:ec2/routeTable:RouteTable";
const POSTGRES_PORT = 5432;
const NFS_PORT = 2049;
const HTTPS_PORT = 443;
/** The load balancer controller looks for subnets with these tags. */
const BALANCER_TAGS = [
  ["kubernetes.io/role/elb", "internet-facing"],
  ["kubernetes.io/role/internal-elb", "internal"],
] as const;

const text = (resource: RecordedResource, path: string): string => textsOf(at(resource, path))[0] ?? "";
const isIn = (resource: RecordedResource, vpc: RecordedResource): boolean =>
  referredTo(at(resource, "vpcId"), [vpc]).length > 0;

export const networksOf = (resources: Resources): Network[] =>
  ofType(resources, VPC).map((vpc) => ({
    name: nameOf(vpc),
    block: text(vpc, "cidrBlock"),
    services: ofType(resources, "aws:eks/cluster:Cluster").map((cluster) =>
      text(cluster, "kubernetesNetworkConfig.serviceIpv4Cidr"),
    ),
    subnets: ofType(resources, SUBNET)
      .filter((subnet) => isIn(subnet, vpc))
      .map((subnet) => readSubnet(subnet, resources)),
    groups: [
      ...groupsOf(INSTANCE, "vpcSecurityGroupIds", resources),
      ...groupsOf(MOUNT_TARGET, "securityGroups", resources),
      ...groupsOf(ENDPOINT, "securityGroupIds", resources),
    ],
    faults: faultsOf(vpc, resources),
  }));

function readSubnet(subnet: RecordedResource, resources: Resources): Subnet {
  const [tags = {}] = objectsIn(at(subnet, "tags"));
  return {
    name: nameOf(subnet),
    zone: text(subnet, "availabilityZone"),
    block: text(subnet, "cidrBlock"),
    wayOut: wayOutOf(subnet, resources),
    users: usersOf(subnet, resources),
    loadBalancers: BALANCER_TAGS.filter(([tag]) => tags[tag] === "1").map(([, kind]) => kind),
  };
}

/** Where each type names its subnets. */
const USERS: readonly (readonly [type: string, path: string, user: SubnetUser])[] = [
  ["aws:eks/nodeGroup:NodeGroup", "subnetIds", "nodes"],
  ["aws:eks/cluster:Cluster", "vpcConfig.subnetIds", "control plane"],
  ["aws:rds/subnetGroup:SubnetGroup", "subnetIds", "database"],
  [MOUNT_TARGET, "subnetId", "files"],
  ["aws:ec2/natGateway:NatGateway", "subnetId", "NAT gateways"],
];

const usersOf = (subnet: RecordedResource, resources: Resources): SubnetUser[] =>
  USERS.filter(([type, path]) =>
    ofType(resources, type).some((each) => subnetsNamed(at(each, path), resources).includes(subnet)),
  ).map(([, , user]) => user);

const PORTS: Readonly<Record<string, number>> = {
  [INSTANCE]: POSTGRES_PORT,
  [MOUNT_TARGET]: NFS_PORT,
  [ENDPOINT]: HTTPS_PORT,
};
const portOf = (member: RecordedResource): number => numberOf(at(member, "port")) ?? PORTS[member.type] ?? -1;

/** Security groups of some members, with what they let in. */
function groupsOf(type: string, path: string, resources: Resources): PortGroup[] {
  const members = ofType(resources, type);
  return ofType(resources, SECURITY_GROUP).flatMap((group) => {
    const inside = members.filter((member) => referredTo(at(member, path), [group]).length > 0);
    const [first] = inside;
    if (!first) return [];
    return [
      { name: nameOf(group), members: inside.map(nameOf), port: portOf(first), openings: openingsOf(group, resources) },
    ];
  });
}

function openingsOf(group: RecordedResource, resources: Resources): PortGroup["openings"] {
  return ofType(resources, "aws:vpc/securityGroupIngressRule:SecurityGroupIngressRule")
    .filter((rule) => referredTo(at(rule, "securityGroupId"), [group]).length > 0)
    .map((rule) => ({
      name: nameOf(rule),
      protocol: text(rule, "ipProtocol"),
      ports: [numberOf(at(rule, "fromPort")) ?? -1, numberOf(at(rule, "toPort")) ?? -1],
      from: text(rule, "cidrIpv4"),
    }));
}

/** What AWS would refuse, and what would leave a part without use. */
function faultsOf(vpc: RecordedResource, resources: Resources): string[] {
  const faults: string[] = [];
  const require = (held: boolean, fault: string): void => {
    if (!held) faults.push(fault);
  };
  const refersTo = (resource: RecordedResource, path: string, type: string): RecordedResource[] =>
    referredTo(at(resource, path), ofType(resources, type));
  // The private endpoint of the cluster and the file system are found by DNS.
  for (const input of ["enableDnsHostnames", "enableDnsSupport"])
    require(isOn(
      at(vpc, input),
    ), `${nameOf(vpc)}: ${input} is off, so that private endpoints have no names. Turn it on.`);
  for (const type of [
    SUBNET,
    SECURITY_GROUP,
    "aws:ec2/routeTable:RouteTable",
    "aws:ec2/internetGateway:InternetGateway",
  ])
    for (const each of ofType(resources, type))
      require(refersTo(each, "vpcId", VPC).length > 0, `${nameOf(each)} is in no network of the plan. Set its vpcId.`);
  for (const subnet of ofType(resources, SUBNET))
    require(tablesOf(subnet, resources).length ===
      1, `${nameOf(subnet)} has ${tablesOf(subnet, resources).length} route tables. Associate exactly one.`);
  for (const nat of ofType(resources, "aws:ec2/natGateway:NatGateway")) {
    const addresses = refersTo(nat, "allocationId", "aws:ec2/eip:Eip");
    require(at(nat, "connectivityType") === "private" ||
      addresses.some(
        (address) => at(address, "domain") === "vpc",
      ), `${nameOf(nat)} has no address of the VPC. Set its allocationId to an Eip with domain 'vpc'.`);
  }
  return [...faults, ...memberFaults(resources), ...endpointFaults(resources)];
}

/** A database or a file system without a group of its own gets the default one, which lets nobody in. */
function memberFaults(resources: Resources): string[] {
  const grouped = [
    [INSTANCE, "vpcSecurityGroupIds"],
    [MOUNT_TARGET, "securityGroups"],
  ] as const;
  const without = grouped.flatMap(([type, path]) =>
    ofType(resources, type)
      .filter((each) => referredTo(at(each, path), ofType(resources, SECURITY_GROUP)).length === 0)
      .map((each) => `${nameOf(each)} has no security group of the plan. Set ${path}.`),
  );
  const unplaced = ofType(resources, INSTANCE)
    .filter(({ inputs }) => !("replicateSourceDb" in inputs))
    .filter(
      (each) =>
        referredTo(at(each, "dbSubnetGroupName"), ofType(resources, "aws:rds/subnetGroup:SubnetGroup")).length === 0,
    )
    .map((each) => `${nameOf(each)} is in no subnet group of the plan. Set dbSubnetGroupName.`);
  const unmounted = ofType(resources, MOUNT_TARGET)
    .filter(
      (each) => referredTo(at(each, "fileSystemId"), ofType(resources, "aws:efs/fileSystem:FileSystem")).length === 0,
    )
    .map((each) => `${nameOf(each)} mounts no file system of the plan. Set fileSystemId.`);
  return [...without, ...unplaced, ...unmounted];
}

/** A gateway endpoint serves the route tables that it names; backups and images of the others go through NAT. */
function endpointFaults(resources: Resources): string[] {
  const endpoints = ofType(resources, ENDPOINT);
  const tables = ofType(resources, "aws:ec2/route:Route")
    .filter((route) => at(route, "natGatewayId") !== undefined)
    .flatMap((route) => referredTo(at(route, "routeTableId"), ofType(resources, ROUTE_TABLE)));
  return [
    ...tables
      .filter((table) => !endpoints.some((each) => servesS3(each, table, resources)))
      .map((table) => `${nameOf(table)} has no gateway endpoint for S3. Name it in routeTableIds of one.`),
    ...endpoints.filter(isInterface).flatMap((each) => interfaceFaults(each, resources)),
  ];
}

const isInterface = (endpoint: RecordedResource): boolean => at(endpoint, "vpcEndpointType") === "Interface";

/** Without its private names nobody finds it; in a zone without it, traffic goes to another one. */
function interfaceFaults(endpoint: RecordedResource, resources: Resources): string[] {
  const zonesOf = (subnets: Resources): string[] => subnets.map((subnet) => text(subnet, "availabilityZone"));
  const own = zonesOf(subnetsNamed(at(endpoint, "subnetIds"), resources));
  const nodes = zonesOf(
    ofType(resources, "aws:eks/nodeGroup:NodeGroup").flatMap((group) =>
      subnetsNamed(at(group, "subnetIds"), resources),
    ),
  );
  const missing = [...new Set(nodes)].filter((zone) => !own.includes(zone)).toSorted();
  return [
    ...(isOn(at(endpoint, "privateDnsEnabled"))
      ? []
      : [`${nameOf(endpoint)} has no private names, so that traffic goes past it. Set privateDnsEnabled.`]),
    ...(referredTo(at(endpoint, "securityGroupIds"), ofType(resources, SECURITY_GROUP)).length > 0
      ? []
      : [`${nameOf(endpoint)} has no security group of the plan. Set securityGroupIds.`]),
    ...missing.map(
      (zone) => `${nameOf(endpoint)} has no address in ${zone}, where nodes are. Add a subnet of that zone.`,
    ),
  ];
}

function servesS3(endpoint: RecordedResource, table: RecordedResource, resources: Resources): boolean {
  const kind = at(endpoint, "vpcEndpointType");
  return (
    /^com\.amazonaws\.[-a-z0-9]+\.s3$/.test(text(endpoint, "serviceName")) &&
    (kind === undefined || kind === "Gateway") &&
    listedIn(at(endpoint, "routeTableIds"), ofType(resources, ROUTE_TABLE)).includes(table)
  );
}
