import { assumedUsage as assumed } from "../../../platform/catalogue/prices/usage.ts";
import { POOL_LABEL } from "../../../platform/pools.ts";
import { HOURS_PER_MONTH } from "../../../platform/catalogue/prices/price.ts";
import type { Amount, BilledItem } from "../../model/billing.ts";
import {
  isObject,
  known,
  knownNumber,
  knownText,
  type RecordedResource,
  UnreadableResource,
} from "../../model/recorded.ts";
import {
  type BillingReader,
  both,
  fixed,
  freeInCluster,
  storageClassNamed,
  times,
  unbilledVolumes,
} from "../billing.ts";
import { at, isOn, numberOf, objectsIn, ofType, referredTo, textsOf } from "../inputs.ts";
import { serversNamed } from "./database-backups.ts";
import { answersThroughCdn, edgeBilling } from "./edge-billing.ts";
import { boundsOf, nodesOf } from "./node-counts.ts";
import { labelsOf, listOf, text } from "../recorded-nodes.ts";

type Resources = readonly RecordedResource[];

const REPLICATION = "aws:rds/instanceAutomatedBackupsReplication:InstanceAutomatedBackupsReplication";
const INSTANCE = "aws:rds/instance:Instance";
const hours = (count: number): Amount => fixed(count * HOURS_PER_MONTH);

const network = "a part of the network; what passes through it is charged at the nodes and the NAT gateways";
const access = "rights and names cost nothing";
const settings = "a part of what it configures";

export const awsBilling: BillingReader = {
  billed: {
    ...edgeBilling,
    "aws:eks/cluster:Cluster": billCluster,
    "aws:eks/nodeGroup:NodeGroup": billNodes,
    [INSTANCE]: billDatabase,
    "aws:backup/selection:Selection": billCopies,
    [REPLICATION]: billStandby,
    "aws:ec2/natGateway:NatGateway": () => [{ item: "NAT gateway", amount: hours(1) }],
    "aws:ec2/eip:Eip": () => [{ item: "public IPv4 address", amount: hours(1) }],
    "aws:ec2/vpcEndpoint:VpcEndpoint": billEndpoint,
    "aws:ec2/flowLog:FlowLog": billFlowLog,
    "aws:ecr/repository:Repository": () => [
      { item: "ECR storage", amount: fixed(assumed.repositoryGb), assumed: "size of images" },
    ],
    "aws:efs/fileSystem:FileSystem": () => [],
    "aws:kms/key:Key": () => [
      { item: "KMS key", amount: fixed(1) },
      { item: "KMS requests", amount: fixed(assumed.keyRequests), assumed: "requests to keys" },
    ],
    "aws:secretsmanager/secret:Secret": () => [
      { item: "secret", amount: fixed(1) },
      { item: "secret calls", amount: fixed(assumed.secretCalls), assumed: "reads of secrets" },
    ],
    "aws:s3/bucket:Bucket": () => [
      { item: "S3 standard", amount: fixed(assumed.bucketGb), assumed: "size of objects" },
      { item: "S3 writes", amount: fixed(assumed.bucketWrites), assumed: "writes of objects" },
    ],
    "aws:route53/zone:Zone": () => [
      { item: "DNS zone", amount: fixed(1) },
      { item: "DNS queries", amount: fixed(assumed.dnsQueries), assumed: "DNS queries" },
    ],
  },
  free: {
    ...freeInCluster,
    "pulumi:providers:aws": "the program's own",
    "aws:autoscaling/tag:Tag": access,
    "aws:backup/plan:Plan": settings,
    "aws:backup/vault:Vault": "charged at what is copied into it",
    "aws:acm/certificate:Certificate": access,
    "aws:acm/certificateValidation:CertificateValidation": access,
    "aws:cloudfront/cachePolicy:CachePolicy": settings,
    "aws:route53/record:Record": "queries are charged at the zone, and those for the CDN are free",
    "aws:cloudwatch/logGroup:LogGroup": "charged at what writes to it",
    "aws:ec2/defaultSecurityGroup:DefaultSecurityGroup": network,
    "aws:ec2/internetGateway:InternetGateway": network,
    "aws:ec2/launchTemplate:LaunchTemplate": "its disks are charged at the nodes",
    "aws:ec2/route:Route": network,
    "aws:ec2/routeTable:RouteTable": network,
    "aws:ec2/routeTableAssociation:RouteTableAssociation": network,
    "aws:ec2/securityGroup:SecurityGroup": network,
    "aws:ec2/subnet:Subnet": network,
    "aws:ec2/vpc:Vpc": network,
    "aws:ecr/lifecyclePolicy:LifecyclePolicy": settings,
    "aws:efs/mountTarget:MountTarget": network,
    "aws:eks/accessEntry:AccessEntry": access,
    "aws:eks/accessPolicyAssociation:AccessPolicyAssociation": access,
    "aws:eks/addon:Addon": "EKS add-ons of AWS cost nothing but the nodes that they run on",
    "aws:eks/podIdentityAssociation:PodIdentityAssociation": access,
    "aws:iam/role:Role": access,
    "aws:iam/rolePolicy:RolePolicy": access,
    "aws:iam/rolePolicyAttachment:RolePolicyAttachment": access,
    "aws:kms/alias:Alias": access,
    "aws:rds/parameterGroup:ParameterGroup": settings,
    "aws:rds/subnetGroup:SubnetGroup": settings,
    "aws:s3/bucketLifecycleConfiguration:BucketLifecycleConfiguration": settings,
    "aws:s3/bucketPolicy:BucketPolicy": settings,
    "aws:s3/bucketPublicAccessBlock:BucketPublicAccessBlock": settings,
    "aws:s3/bucketServerSideEncryptionConfiguration:BucketServerSideEncryptionConfiguration": settings,
    "aws:s3/bucketVersioning:BucketVersioning": settings,
    "aws:secretsmanager/secretVersion:SecretVersion": settings,
    "aws:vpc/securityGroupIngressRule:SecurityGroupIngressRule": network,
  },
  volume: billVolume,
  loadBalancer: billLoadBalancer,
};

/** Without a policy, EKS keeps a version beyond its standard support, at a higher price. */
function billCluster(cluster: RecordedResource): BilledItem[] {
  const isStandard = at(cluster, "upgradePolicy.supportType") === "STANDARD";
  const item = isStandard ? "EKS control plane" : "EKS control plane, extended support";
  const logs = textsOf(at(cluster, "enabledClusterLogTypes")).length > 0;
  return [
    { item, amount: hours(1) },
    ...(logs ? billLogs(fixed(assumed.controlPlaneLogGb), "control plane logs") : []),
  ];
}

const billLogs = (amount: Amount, what: string): BilledItem[] =>
  ["log ingestion", "log storage"].map((item) => ({ item, amount, assumed: what }));

function billNodes(group: RecordedResource, resources: Resources): BilledItem[] {
  const pool = labelsOf(known(group, "labels"))[POOL_LABEL] ?? group.name;
  const nodes = boundsOf(group);
  const spot = known(group, "capacityType") === "SPOT";
  const [item = "", ...alternatives] = listOf(known(group, "instanceTypes")).map((type) => `EC2 ${text(type)}`);
  const traffic = (item: string, gb: number, what: string): BilledItem => ({
    item,
    pool,
    amount: times(nodes, gb),
    assumed: what,
  });
  return [
    { item, alternatives, pool, amount: times(nodes, HOURS_PER_MONTH), ...(spot && { spot }) },
    ...rootDisks(group, resources).map((item) => ({ ...item, pool, amount: both(nodes, item.amount) })),
    traffic("NAT gateway data", assumed.natGb, "traffic through NAT"),
    // What goes to the CDN is free, and charged there.
    ...(answersThroughCdn(resources)
      ? []
      : [traffic("data to the internet", assumed.internetGb, "traffic to the internet")]),
    traffic("data between zones", assumed.crossZoneGb * 2, "traffic between zones"),
  ];
}

/** Disks of one node, by its launch template. */
function rootDisks(group: RecordedResource, resources: Resources): BilledItem[] {
  const [template] = referredTo(
    at(group, "launchTemplate.id"),
    ofType(resources, "aws:ec2/launchTemplate:LaunchTemplate"),
  );
  const disks = template ? objectsIn(at(template, "blockDeviceMappings")) : [];
  if (!template || disks.length === 0) throw new UnreadableResource("No launch template says how large its disks are.");
  return disks.flatMap((_, index) =>
    billDisk(
      knownText(template, `blockDeviceMappings.${index}.ebs.volumeType`),
      knownNumber(template, `blockDeviceMappings.${index}.ebs.volumeSize`),
      (path) => numberOf(at(template, `blockDeviceMappings.${index}.ebs.${path}`)),
    ),
  );
}

/** Performance beyond what a gp3 volume has by itself: https://docs.aws.amazon.com/ebs/latest/userguide/general-purpose.html. */
const INCLUDED = { iops: 3000, throughput: 125 };

function billDisk(
  type: string,
  gib: number,
  setting: (path: "iops" | "throughput") => number | undefined,
): BilledItem[] {
  const beyond = (path: "iops" | "throughput"): number => (setting(path) ?? 0) - INCLUDED[path];
  return [
    { item: `EBS ${type}`, amount: fixed(gib) },
    ...(beyond("iops") > 0 ? [{ item: `EBS ${type} IOPS beyond 3,000`, amount: fixed(beyond("iops")) }] : []),
    ...(beyond("throughput") > 0
      ? [{ item: `EBS ${type} throughput beyond 125 MB/s`, amount: fixed(beyond("throughput")) }]
      : []),
  ];
}

/** A standby costs as much as the server, with its own storage. A replica has the storage of what it copies. */
function billDatabase(instance: RecordedResource, resources: Resources): BilledItem[] {
  const [source = instance] = referredTo(at(instance, "replicateSourceDb"), ofType(resources, INSTANCE));
  const servers = isOn(at(instance, "multiAz")) ? 2 : 1;
  const storage = storageOf(source);
  const backups = source === instance && (numberOf(at(instance, "backupRetentionPeriod")) ?? 0) > 0;
  const logs = textsOf(at(instance, "enabledCloudwatchLogsExports")).length > 0;
  return [
    { item: `RDS ${knownText(instance, "instanceClass")}`, amount: hours(servers) },
    { item: `RDS ${knownText(source, "storageType")}`, amount: times(storage, servers) },
    ...(backups
      ? [
          {
            item: "RDS backup",
            amount: times(storage, assumed.databaseBackups),
            assumed: "backups beyond those that are free",
          },
        ]
      : []),
    ...(logs ? billLogs(fixed(assumed.databaseLogGb), "database logs") : []),
  ];
}

/** Storage of a server, as it is allocated and as far as it grows. */
function storageOf(server: RecordedResource): Amount {
  const size = knownNumber(server, "allocatedStorage");
  return { min: size, max: numberOf(at(server, "maxAllocatedStorage")) ?? size };
}

function billCopies(selection: RecordedResource, resources: Resources): BilledItem[] {
  return serversNamed(at(selection, "resources"), resources).map((server) => ({
    item: "database copies in a vault",
    amount: times(storageOf(server), assumed.databaseCopies),
    assumed: "copies of databases",
  }));
}

/** The standby region's price is taken to be the region's own. */
function billStandby(replication: RecordedResource, resources: Resources): BilledItem[] {
  return serversNamed(at(replication, "sourceDbInstanceArn"), resources).flatMap((server) => [
    { item: "RDS backup", amount: storageOf(server), assumed: "backups in the standby region" },
    {
      item: "data to another region",
      amount: times(storageOf(server), assumed.standbyTransfer),
      assumed: "backups sent to the standby region",
    },
  ]);
}

/** Endpoints of gateways cost nothing; those of interfaces have one in each subnet. */
function billEndpoint(endpoint: RecordedResource, resources: Resources): BilledItem[] {
  if (at(endpoint, "vpcEndpointType") !== "Interface") return [];
  return [
    { item: "interface endpoint", amount: hours(Math.max(1, listOf(at(endpoint, "subnetIds")).length)) },
    {
      item: "interface endpoint data",
      amount: times(nodesOf(resources), assumed.endpointGb),
      assumed: "traffic through interface endpoints",
    },
  ];
}

function billFlowLog(_: RecordedResource, resources: Resources): BilledItem[] {
  return billLogs(times(nodesOf(resources), assumed.flowLogGb), "flow logs");
}

function billVolume(storageClass: string, gib: number, resources: Resources): BilledItem[] {
  const found = storageClassNamed(resources, storageClass);
  const provisioner = found && at(found, "provisioner");
  if (found && provisioner === "efs.csi.aws.com") {
    return [
      { item: "EFS storage", amount: fixed(gib), assumed: "what shared filesystems hold" },
      { item: "EFS elastic read", amount: fixed(gib * assumed.sharedReads), assumed: "reads of shared filesystems" },
    ];
  }
  if (found && provisioner === "ebs.csi.aws.com") {
    return [
      ...billDisk(knownText(found, "parameters.type"), gib, (path) => numberOf(at(found, `parameters.${path}`))),
      { item: "EBS snapshot", amount: fixed(gib * assumed.snapshots), assumed: "snapshots of volumes" },
    ];
  }
  throw unbilledVolumes(storageClass);
}

/** The tag of subnets in which load balancers on the internet are made. */
const ROLE = "kubernetes.io/role/elb";

/** It has an address in each zone with a subnet for load balancers on the internet. */
function billLoadBalancer(resources: Resources): BilledItem[] {
  const subnets = ofType(resources, "aws:ec2/subnet:Subnet").filter(
    ({ inputs: { tags } }) => isObject(tags) && ROLE in tags,
  );
  return [
    { item: "network load balancer", amount: hours(1) },
    {
      item: "network load balancer capacity",
      amount: hours(assumed.loadBalancerUnits),
      assumed: "load of load balancers",
    },
    { item: "public IPv4 address", amount: hours(subnets.length) },
  ];
}
