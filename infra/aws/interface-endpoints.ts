import { ec2 } from "@pulumi/aws";
import { ComponentResource, type ComponentResourceOptions } from "@pulumi/pulumi";
import { HTTPS_PORT } from "../../platform/connections.ts";
import type { AwsEnvironment } from "../../platform/environment.ts";
import { clusterName } from "../../platform/names.ts";
import type { Network } from "./network.ts";
import { openPort } from "./open-port.ts";

export interface InterfaceEndpointsArgs {
  readonly environment: AwsEnvironment;
  readonly network: Network;
}

/** Addresses of AWS' services in the private subnets, under the names that everybody uses. Pods' subnets alone reach them. */
export class InterfaceEndpoints extends ComponentResource {
  constructor(name: string, { environment, network }: InterfaceEndpointsArgs, options: ComponentResourceOptions) {
    super("promptops:aws:InterfaceEndpoints", name, {}, options);
    const inside = { parent: this };
    const { vpcId, zones } = network;
    const { endpoints = [] } = environment.network;
    const group = new ec2.SecurityGroup(name, { vpcId, description: "Services of AWS from the pods' subnets" }, inside);
    for (const { plan } of zones)
      openPort(`${name}-${plan.zone}`, { group, port: HTTPS_PORT, from: plan.private }, inside);
    for (const service of endpoints) {
      new ec2.VpcEndpoint(
        service,
        {
          vpcId,
          vpcEndpointType: "Interface",
          serviceName: `com.amazonaws.${environment.region}.${service}`,
          subnetIds: zones.map((zone) => zone.private.id),
          securityGroupIds: [group.id],
          privateDnsEnabled: true,
          tags: { Name: `${clusterName(environment)}-${service}` },
        },
        inside,
      );
    }
    this.registerOutputs();
  }
}
