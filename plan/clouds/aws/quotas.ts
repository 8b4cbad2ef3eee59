import { findMachineType } from "../../../platform/catalogue/machine-types.ts";
import { vcpuQuotaOf } from "../../../platform/catalogue/quotas.ts";
import { groupBy } from "../../../platform/group-by.ts";
import type { QuotaNeed } from "../../../platform/quotas.ts";
import type { NodeGroup } from "../../model/nodes.ts";
import { knownText, type RecordedResource } from "../../model/recorded.ts";
import { at, ofType, referredTo } from "../inputs.ts";

type Resources = readonly RecordedResource[];

/** What the resources take of the quotas of their account. */
export function quotaNeedsOf(resources: Resources, nodeGroups: readonly NodeGroup[]): QuotaNeed[] {
  const counted = (of: QuotaNeed["of"], type: string): QuotaNeed[] => {
    const count = ofType(resources, type).length;
    return count === 0 ? [] : [{ of, min: count, max: count }];
  };
  return [
    ...counted("clusters", "aws:eks/cluster:Cluster"),
    ...counted("vpcs", "aws:ec2/vpc:Vpc"),
    ...counted("elastic-ips", "aws:ec2/eip:Eip"),
    ...natGatewaysByZone(resources),
    ...vcpusByQuota(nodeGroups),
  ];
}

function natGatewaysByZone(resources: Resources): QuotaNeed[] {
  const zones = ofType(resources, "aws:ec2/natGateway:NatGateway").flatMap((gateway) =>
    referredTo(at(gateway, "subnetId"), resources).map((subnet) => knownText(subnet, "availabilityZone")),
  );
  return [...groupBy(zones, (zone) => zone)].map(([zone, { length }]) => ({
    of: "nat-gateways",
    zone,
    min: length,
    max: length,
  }));
}

/** A pool that may take one of several machine types may take the largest for each of its nodes. */
function vcpusByQuota(nodeGroups: readonly NodeGroup[]): QuotaNeed[] {
  const taken = nodeGroups.flatMap(({ machines, spot, min, max }) => {
    const [of] = machines.flatMap((name) => vcpuQuotaOf(name, spot) ?? []);
    const vcpu = Math.max(...machines.map((name) => findMachineType(name)?.vcpu ?? 0));
    return of === undefined ? [] : [{ of, min: min * vcpu, max: max * vcpu }];
  });
  return [...groupBy(taken, ({ of }) => of)].map(([of, shares]) => ({
    of,
    min: shares.reduce((sum, { min }) => sum + min, 0),
    max: shares.reduce((sum, { max }) => sum + max, 0),
  }));
}
