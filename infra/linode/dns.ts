import { Domain } from "@pulumi/linode";
import { ComponentResource, type ComponentResourceOptions } from "@pulumi/pulumi";
import type { LinodeEnvironment } from "../../platform/environment.ts";
import { isGuarded } from "../guards.ts";

/** The environment's zone; the domain above it must point here. */
export class Dns extends ComponentResource {
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
