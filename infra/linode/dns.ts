import { Domain } from "@pulumi/linode";
import { ComponentResource, type ComponentResourceOptions } from "@pulumi/pulumi";
import type { LinodeEnvironment } from "../../platform/environment.ts";
import { isGuarded } from "../guards.ts";

/** The same for every zone: https://techdocs.akamai.com/cloud-computing/docs/dns-manager. */
const NAME_SERVERS: readonly string[] = [1, 2, 3, 4, 5].map((number) => `ns${number}.linode.com`);

/** The environment's zone; the domain above it must point here. */
export class Dns extends ComponentResource {
  readonly nameServers = NAME_SERVERS;

  constructor(
    name: string,
    { environment, tags }: { readonly environment: LinodeEnvironment; readonly tags: readonly string[] },
    options: ComponentResourceOptions,
  ) {
    super("promptops:linode:Dns", name, {}, options);
    const { domain, contact } = environment;
    new Domain(
      domain,
      { domain, type: "master", soaEmail: contact, tags: [...tags] },
      { parent: this, protect: isGuarded(environment) },
    );
    this.registerOutputs();
  }
}
