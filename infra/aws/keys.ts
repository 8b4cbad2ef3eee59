import { kms } from "@pulumi/aws";
import { ComponentResource, type ComponentResourceOptions } from "@pulumi/pulumi";
import type { AwsEnvironment } from "../../platform/environment.ts";
import { clusterName } from "../../platform/names.ts";
import { isGuarded, keptWithBackups } from "../guards.ts";

type Purpose = "cluster" | "data";

export const keyAlias = (environment: AwsEnvironment, purpose: Purpose): string =>
  `alias/${clusterName(environment)}-${purpose}`;

/** One key for the secrets in the cluster's own store, one for data at rest. Both change their material every year. */
export class Keys extends ComponentResource {
  readonly cluster: kms.Key;
  readonly data: kms.Key;

  constructor(name: string, { environment }: { environment: AwsEnvironment }, options: ComponentResourceOptions) {
    super("promptops:aws:Keys", name, {}, options);
    const createKey = (purpose: Purpose, description: string): kms.Key => {
      const key = new kms.Key(
        purpose,
        { description, enableKeyRotation: true, deletionWindowInDays: 30 },
        { parent: this, protect: isGuarded(environment), ...(purpose === "data" && keptWithBackups(environment)) },
      );
      new kms.Alias(purpose, { name: keyAlias(environment, purpose), targetKeyId: key.id }, { parent: this });
      return key;
    };
    this.cluster = createKey("cluster", "Secrets in the Kubernetes API of the cluster");
    this.data = createKey("data", "Volumes, databases, secrets and backups");
    this.registerOutputs();
  }
}
