import { firstAddress, parseBlock } from "../../platform/addresses.ts";
import { type Capacity, eksAllocatable } from "../../platform/catalogue/allocatable.ts";
import { findMachineType } from "../../platform/catalogue/machine-types.ts";
import type { NodeGroup } from "../model/nodes.ts";
import {
  isObject,
  known,
  knownNumber,
  knownText,
  originsOf,
  type Recorded,
  type RecordedResource,
  UnreadableResource,
} from "../model/recorded.ts";
import { awsBilling } from "./aws/billing.ts";
import { addonsOf, bucketsOf, valuesOf } from "./aws/declared-values.ts";
import { cdnFaults } from "./aws/cdn.ts";
import { databasesOf } from "./aws/database-backups.ts";
import { storesOf } from "./aws/encryption.ts";
import { entrancesOf } from "./aws/exposure.ts";
import { faultsOf } from "./aws/faults.ts";
import { identitiesOf } from "./aws/identities.ts";
import { logKeyFaults } from "./aws/log-keys.ts";
import { networksOf } from "./aws/networks.ts";
import { holdersOf, retentionsOf } from "./aws/protection.ts";
import { quotaNeedsOf } from "./aws/quotas.ts";
import type { CloudReader } from "./reader.ts";
import { postgresServer } from "./postgres-class.ts";
import { labelsOf, listOf, taintsOf, text, ZONE } from "./recorded-nodes.ts";

export const aws: CloudReader = {
  addresses: (resources) => {
    const clusters = resources.filter(({ type }) => type === "aws:eks/cluster:Cluster");
    const subnetIds = clusters.map(({ inputs }) =>
      isObject(inputs["vpcConfig"]) ? inputs["vpcConfig"]["subnetIds"] : undefined,
    );
    const interfaces = blocksOf(resources, subnetIds);
    const services = clusters.map((cluster) => knownText(cluster, "kubernetesNetworkConfig.serviceIpv4Cidr"));
    const groups = resources.filter(({ type }) => type === "aws:rds/subnetGroup:SubnetGroup");
    const nodes = blocksOf(
      resources,
      resources.filter(({ type }) => type === "aws:eks/nodeGroup:NodeGroup").map(({ inputs }) => inputs["subnetIds"]),
    );
    return {
      database: blocksOf(
        resources,
        groups.map(({ inputs }) => inputs["subnetIds"]),
      ),
      // Policies are evaluated before the address of the Service is rewritten, so pods need both.
      controlPlane: [
        ...interfaces,
        ...services.filter((block) => parseBlock(block)).map((block) => `${firstAddress(block)}/32`),
      ],
      callers: interfaces,
      // The VPC CNI gives pods addresses of their node's subnet.
      ...{ nodes, pods: nodes },
    };
  },
  nodeGroups: { "aws:eks/nodeGroup:NodeGroup": readEksNodeGroup },
  database: (resources) => {
    const primary = resources.find(
      ({ type, inputs }) => type === "aws:rds/instance:Instance" && !("replicateSourceDb" in inputs),
    );
    return primary && postgresServer("aws", knownText(primary, "instanceClass"), primary.inputs["multiAz"] === true);
  },
  buckets: (resources) =>
    resources.filter(({ type }) => type === "aws:s3/bucket:Bucket").map((each) => knownText(each, "bucket")),
  dnsZones: (resources) =>
    resources.filter(({ type }) => type === "aws:route53/zone:Zone").map((zone) => knownText(zone, "name")),
  storedSecrets: (resources) =>
    resources
      .filter(({ type }) => type === "aws:secretsmanager/secret:Secret")
      .map((secret) => knownText(secret, "name")),
  addons: addonsOf,
  billing: awsBilling,
  quotaNeeds: quotaNeedsOf,
  safety: (resources, declared) => ({
    stores: storesOf(resources),
    holders: holdersOf(resources, declared.database),
    retentions: retentionsOf(resources),
    databases: databasesOf(resources, declared),
    entrances: entrancesOf(resources),
    identities: identitiesOf(resources, declared),
    networks: networksOf(resources),
    buckets: bucketsOf(resources),
    values: valuesOf(resources, declared.database),
    faults: [...faultsOf(resources), ...cdnFaults(resources, declared), ...new Set(logKeyFaults(resources, declared))],
  }),
};

/** The blocks of the subnets that some inputs name. */
function blocksOf(resources: readonly RecordedResource[], subnetIds: readonly (Recorded | undefined)[]): string[] {
  const origins = subnetIds.flatMap((ids) =>
    (Array.isArray(ids) ? (ids as readonly Recorded[]) : [ids]).flatMap((id) => originsOf(id) ?? []),
  );
  return resources
    .filter(({ urn, type }) => type === "aws:ec2/subnet:Subnet" && origins.includes(urn))
    .map((subnet) => knownText(subnet, "cidrBlock"));
}

function readEksNodeGroup(group: RecordedResource, resources: readonly RecordedResource[]): NodeGroup[] {
  const zone = zoneOf(group, resources);
  const labels = labelsOf(known(group, "labels"));
  return [
    {
      pool: labels["workload"] ?? group.name,
      zone,
      min: knownNumber(group, "scalingConfig.minSize"),
      max: knownNumber(group, "scalingConfig.maxSize"),
      labels: { ...labels, [ZONE]: zone },
      taints: taintsOf(known(group, "taints")),
      allocatable: withDriver(group, machinesOf(group).map(eksAllocatable).reduce(least)),
      machines: listOf(known(group, "instanceTypes")).map(text),
      spot: known(group, "capacityType") === "SPOT",
    },
  ];
}

/** The zone of the one subnet that the group stands in. */
function zoneOf(group: RecordedResource, resources: readonly RecordedResource[]): string {
  const subnets = group.inputs["subnetIds"];
  const origins = listOf(subnets).flatMap((id) => originsOf(id) ?? []);
  const zones = new Set(
    resources.filter(({ urn }) => origins.includes(urn)).map((subnet) => knownText(subnet, "availabilityZone")),
  );
  const [zone, ...others] = zones;
  if (zone === undefined || others.length > 0) {
    throw new UnreadableResource(
      `Node group '${group.name}' spans ${zones.size} zones; capacity per zone is known only for groups in one zone.`,
    );
  }
  return zone;
}

function machinesOf(group: RecordedResource): NonNullable<ReturnType<typeof findMachineType>>[] {
  const names = listOf(known(group, "instanceTypes"));
  if (names.length === 0) throw new UnreadableResource(`Node group '${group.name}' names no instance types.`);
  return names.map((name) => {
    const machine = findMachineType(text(name));
    if (!machine)
      throw new UnreadableResource(
        `Node group '${group.name}': '${text(name)}' is not in the catalogue of machine types.`,
      );
    return machine;
  });
}

/** Only images with NVIDIA's driver offer the GPUs of a machine. */
const withDriver = (group: RecordedResource, capacity: Capacity): Capacity =>
  /NVIDIA/.test(text(group.inputs["amiType"])) ? capacity : { ...capacity, gpus: 0 };

const least = (one: Capacity, other: Capacity): Capacity => ({
  cpu: Math.min(one.cpu, other.cpu),
  memory: Math.min(one.memory, other.memory),
  pods: Math.min(one.pods, other.pods),
  gpus: Math.min(one.gpus, other.gpus),
});
