import { vpc } from "@pulumi/aws";
import type { ec2 } from "@pulumi/aws";
import type { CustomResourceOptions } from "@pulumi/pulumi";

export interface OpenPort {
  readonly group: ec2.SecurityGroup;
  readonly port: number;
  readonly from: string;
}

/** Lets one block of addresses reach one TCP port of a security group's members. */
export function openPort(name: string, { group, port, from }: OpenPort, options: CustomResourceOptions): void {
  new vpc.SecurityGroupIngressRule(
    name,
    { securityGroupId: group.id, ipProtocol: "tcp", fromPort: port, toPort: port, cidrIpv4: from },
    options,
  );
}
