import { route53 } from "@pulumi/aws";
import { ComponentResource, type ComponentResourceOptions, type Output } from "@pulumi/pulumi";
import type { AwsEnvironment } from "../../platform/environment.ts";
import { isGuarded } from "../guards.ts";

/** The environment's zone; the domain above it must point here. */
export class Dns extends ComponentResource {
  /** Route 53 gives each zone four of its own. */
  readonly nameServers: Output<string[]>;
  readonly zoneId: Output<string>;

  constructor(
    name: string,
    { environment }: { readonly environment: AwsEnvironment },
    options: ComponentResourceOptions,
  ) {
    super("promptops:aws:Dns", name, {}, options);
    const { domain } = environment;
    const guarded = isGuarded(environment);
    const zone = new route53.Zone(domain, { name: domain, forceDestroy: !guarded }, { parent: this, protect: guarded });
    this.nameServers = zone.nameServers;
    this.zoneId = zone.zoneId;
    this.registerOutputs();
  }
}
