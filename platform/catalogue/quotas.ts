/**
 * Quotas of AWS, each for an account in a region. Codes and rules of counting as the Service Quotas console and
 * https://docs.aws.amazon.com/ec2/latest/instancetypes/ec2-instance-quotas.html,
 * https://docs.aws.amazon.com/vpc/latest/userguide/amazon-vpc-limits.html and
 * https://docs.aws.amazon.com/eks/latest/userguide/service-quotas.html have them, read 2026-11-30. The values are the account's own.
 */
export interface AwsQuota {
  readonly service: "ec2" | "eks" | "vpc";
  readonly code: string;
  readonly name: string;
  /** @default - it counts resources */
  readonly unit?: "vCPU";
}

export const awsQuotas = {
  "elastic-ips": { service: "ec2", code: "L-0263D0A3", name: "EC2-VPC Elastic IPs" },
  vpcs: { service: "vpc", code: "L-F678F1CE", name: "VPCs per Region" },
  "nat-gateways": { service: "vpc", code: "L-FE5A380F", name: "NAT gateways per Availability Zone" },
  clusters: { service: "eks", code: "L-1194D53C", name: "Clusters" },
  "standard-on-demand": vcpus("L-1216C47A", "Running On-Demand Standard (A, C, D, H, I, M, R, T, Z) instances"),
  "standard-spot": vcpus("L-34B43A08", "All Standard (A, C, D, H, I, M, R, T, Z) Spot Instance Requests"),
  "g-on-demand": vcpus("L-DB2E81BA", "Running On-Demand G and VT instances"),
  "g-spot": vcpus("L-3819A6DF", "All G and VT Spot Instance Requests"),
  "p-on-demand": vcpus("L-417A185B", "Running On-Demand P instances"),
  "p-spot": vcpus("L-7212CCBC", "All P4, P3 and P2 Spot Instance Requests"),
} satisfies Readonly<Record<string, AwsQuota>>;

export type AwsQuotaName = keyof typeof awsQuotas;

function vcpus(code: string, name: string): AwsQuota {
  return { service: "ec2", code, name, unit: "vCPU" };
}

/** The letters with which names of instance types begin, by what their quotas are called above. */
const families: Readonly<Record<"standard" | "g" | "p", readonly string[]>> = {
  standard: ["a", "c", "d", "h", "i", "im", "is", "m", "r", "t", "z"],
  g: ["g", "gr", "vt"],
  p: ["p"],
};

/** The quota that counts an instance's vCPU; undefined for a family without a row. */
export function vcpuQuotaOf(instanceType: string, spot: boolean): AwsQuotaName | undefined {
  const [letters = ""] = /^[a-z]+/.exec(instanceType) ?? [];
  const family = (Object.keys(families) as (keyof typeof families)[]).find((each) => families[each].includes(letters));
  return family && `${family}-${spot ? "spot" : "on-demand"}`;
}
