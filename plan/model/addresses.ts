import { formatBlock, parseBlock } from "../../platform/addresses.ts";
import { isObject, knownText, originsOf, type Recorded, type RecordedResource } from "./recorded.ts";

/** AWS keeps the first addresses of a subnet for itself. */
const FIRST_HOST = 10;

/**
 * An address in each block in which the managed database may stand: the subnets of its group. None where its address is the
 * provider's to choose.
 */
export function databaseAddressesOf(resources: readonly RecordedResource[]): string[] {
  const groups = resources.filter(({ type }) => type === "aws:rds/subnetGroup:SubnetGroup");
  return addressesIn(
    resources,
    groups.map(({ inputs }) => inputs["subnetIds"]),
  );
}

/** An address in each subnet into which EKS puts its control plane's interfaces. */
export function controlPlaneAddressesOf(resources: readonly RecordedResource[]): string[] {
  const clusters = resources.filter(({ type }) => type === "aws:eks/cluster:Cluster");
  return addressesIn(
    resources,
    clusters.map(({ inputs }) => (isObject(inputs["vpcConfig"]) ? inputs["vpcConfig"]["subnetIds"] : undefined)),
  );
}

function addressesIn(resources: readonly RecordedResource[], subnetIds: readonly (Recorded | undefined)[]): string[] {
  const origins = subnetIds.flatMap((ids) =>
    (Array.isArray(ids) ? (ids as readonly Recorded[]) : [ids]).flatMap((id) => originsOf(id) ?? []),
  );
  return resources
    .filter(({ urn, type }) => type === "aws:ec2/subnet:Subnet" && origins.includes(urn))
    .flatMap((subnet) => {
      const block = parseBlock(knownText(subnet, "cidrBlock"));
      return block ? [formatBlock({ start: block.start + FIRST_HOST, prefix: 32 }).replace("/32", "")] : [];
    });
}
