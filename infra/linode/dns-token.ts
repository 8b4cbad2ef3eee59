import { Token } from "@pulumi/linode";
import { ComponentResource, type ComponentResourceOptions, type Output } from "@pulumi/pulumi";
import type { LinodeEnvironment } from "../../platform/environment.ts";
import { clusterName } from "../../platform/names.ts";

/**
 * A token of the account that runs the program, for the DNS records of all its zones: a scope cannot name one. It does not expire.
 * https://techdocs.akamai.com/linode-api/reference/get-started#oauth-reference.
 */
export class DnsToken extends ComponentResource {
  readonly value: Output<string>;

  constructor(
    name: string,
    { environment }: { readonly environment: LinodeEnvironment },
    options: ComponentResourceOptions,
  ) {
    super("promptops:linode:DnsToken", name, {}, options);
    const token = new Token(
      name,
      { label: `${clusterName(environment)}-dns`, scopes: "domains:read_write" },
      { parent: this },
    );
    this.value = token.token;
    this.registerOutputs();
  }
}
