import { route53 } from "@pulumi/aws";
import { ComponentResource, type ComponentResourceOptions } from "@pulumi/pulumi";
import type { AwsEnvironment } from "../../platform/environment.ts";

/** The environment's zone; the domain above it must point here. */
export class Dns extends ComponentResource {
  constructor(
    name: string,
    { environment }: { readonly environment: AwsEnvironment },
    options: ComponentResourceOptions,
  ) {
    super("promptops:aws:Dns", name, {}, options);
    const { domain, protect } = environment;
    new route53.Zone(domain, { name: domain, forceDestroy: !protect }, { parent: this, protect });
    this.registerOutputs();
  }
}
