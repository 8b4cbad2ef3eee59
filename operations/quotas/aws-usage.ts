import { type AwsQuotaName, vcpuQuotaOf } from "../../platform/catalogue/quotas.ts";
import type { AwsEnvironment } from "../../platform/environment.ts";
import { clusterName } from "../../platform/names.ts";
import type { QuotaNeed } from "../../platform/quotas.ts";
import type { AwsCli } from "./aws-cli.ts";

interface Tagged {
  readonly Tags?: readonly { readonly Key: string; readonly Value: string }[];
}
interface Instance extends Tagged {
  readonly InstanceType: string;
  readonly InstanceLifecycle?: string;
}
interface NatGateway extends Tagged {
  readonly SubnetId: string;
}

/** Counts what others than the environment have. Its own resources have its tags, and are part of what it needs. */
export function awsUsage(cli: AwsCli, environment: AwsEnvironment): (need: QuotaNeed) => Promise<number> {
  const isOther = ({ Tags = [] }: Tagged): boolean => {
    const has = (key: string, value: string): boolean => Tags.some(({ Key, Value }) => Key === key && Value === value);
    return !(has("project", "promptops") && has("environment", environment.name));
  };
  const once = <Answer>(read: () => Promise<Answer>): (() => Promise<Answer>) => {
    let answer: Promise<Answer> | undefined;
    return () => (answer ??= read());
  };
  const zonesOfGateways = once(async () => {
    const [{ NatGateways }, { Subnets }] = await Promise.all([
      cli<{ readonly NatGateways: readonly NatGateway[] }>(
        ...["ec2", "describe-nat-gateways", "--filter", "Name=state,Values=pending,available,deleting"],
      ),
      cli<{ readonly Subnets: readonly { readonly SubnetId: string; readonly AvailabilityZone: string }[] }>(
        ...["ec2", "describe-subnets"],
      ),
    ]);
    const zones = new Map(Subnets.map(({ SubnetId, AvailabilityZone }) => [SubnetId, AvailabilityZone]));
    return NatGateways.filter(isOther).map(({ SubnetId }) => zones.get(SubnetId));
  });
  const vcpus = once(async () => vcpusByQuota(cli, (await runningInstances(cli)).filter(isOther)));
  const counts: Partial<Record<AwsQuotaName, () => Promise<number>>> = {
    async clusters() {
      const { clusters } = await cli<{ readonly clusters: readonly string[] }>("eks", "list-clusters");
      return clusters.filter((name) => name !== clusterName(environment)).length;
    },
    async "elastic-ips"() {
      const { Addresses } = await cli<{ readonly Addresses: readonly Tagged[] }>("ec2", "describe-addresses");
      return Addresses.filter(isOther).length;
    },
    async vpcs() {
      const { Vpcs } = await cli<{ readonly Vpcs: readonly Tagged[] }>("ec2", "describe-vpcs");
      return Vpcs.filter(isOther).length;
    },
  };
  return async ({ of, zone }) => {
    if (of === "nat-gateways") return (await zonesOfGateways()).filter((each) => each === zone).length;
    return counts[of as AwsQuotaName]?.() ?? (await vcpus()).get(of) ?? 0;
  };
}

async function runningInstances(cli: AwsCli): Promise<Instance[]> {
  const { Reservations } = await cli<{ readonly Reservations: readonly { readonly Instances: readonly Instance[] }[] }>(
    "ec2",
    "describe-instances",
    "--filters",
    "Name=instance-state-name,Values=pending,running",
  );
  return Reservations.flatMap(({ Instances }) => Instances);
}

/** A quota counts the vCPU that a type has by default, whatever options its instances have. */
async function vcpusByQuota(cli: AwsCli, instances: readonly Instance[]): Promise<ReadonlyMap<string, number>> {
  const types = [...new Set(instances.map(({ InstanceType }) => InstanceType))].toSorted();
  if (types.length === 0) return new Map();
  const { InstanceTypes } = await cli<{
    readonly InstanceTypes: readonly {
      readonly InstanceType: string;
      readonly VCpuInfo: { readonly DefaultVCpus: number };
    }[];
  }>("ec2", "describe-instance-types", "--instance-types", ...types);
  const vcpuOf = new Map(InstanceTypes.map(({ InstanceType, VCpuInfo }) => [InstanceType, VCpuInfo.DefaultVCpus]));
  const taken = new Map<string, number>();
  for (const { InstanceType, InstanceLifecycle } of instances) {
    const quota = vcpuQuotaOf(InstanceType, InstanceLifecycle === "spot");
    if (quota) taken.set(quota, (taken.get(quota) ?? 0) + (vcpuOf.get(InstanceType) ?? 0));
  }
  return taken;
}
