import { kms } from "@pulumi/aws";
import { ComponentResource, type ComponentResourceOptions } from "@pulumi/pulumi";
import type { AwsEnvironment } from "../../platform/environment.ts";
import { isGuarded, keptWithBackups } from "../guards.ts";
import type { Account } from "./account.ts";
import { keyAlias, type KeyPurpose } from "./key-alias.ts";
import { policyDocument } from "./policies.ts";

export interface KeysArgs {
  readonly environment: AwsEnvironment;
  readonly account: Account;
}

/** One key for the secrets in the cluster's own store, one for data at rest, one for logs. All change their material every year. */
export class Keys extends ComponentResource {
  readonly cluster: kms.Key;
  readonly data: kms.Key;
  readonly logs: kms.Key;

  constructor(name: string, { environment, account }: KeysArgs, options: ComponentResourceOptions) {
    super("promptops:aws:Keys", name, {}, options);
    const createKey = (purpose: KeyPurpose, description: string, policy?: string): kms.Key => {
      const key = new kms.Key(
        purpose,
        { description, enableKeyRotation: true, deletionWindowInDays: 30, ...(policy !== undefined && { policy }) },
        { parent: this, protect: isGuarded(environment), ...(purpose === "data" && keptWithBackups(environment)) },
      );
      new kms.Alias(purpose, { name: keyAlias(environment, purpose), targetKeyId: key.id }, { parent: this });
      return key;
    };
    this.cluster = createKey("cluster", "Secrets in the Kubernetes API of the cluster");
    this.data = createKey("data", "Volumes, databases, secrets and backups");
    this.logs = createKey("logs", "Logs of the control plane, the network and the database", encryptLogs(account));
    this.registerOutputs();
  }
}

/**
 * CloudWatch Logs needs the key itself, for log groups of this account alone. A key with a policy of its own must let the account in too:
 * https://docs.aws.amazon.com/AmazonCloudWatch/latest/logs/encrypt-log-data-kms.html.
 */
function encryptLogs({ id, region }: Account): string {
  return policyDocument(
    { Effect: "Allow", Principal: { AWS: `arn:aws:iam::${id}:root` }, Action: "kms:*", Resource: "*" },
    {
      Effect: "Allow",
      Principal: { Service: `logs.${region}.amazonaws.com` },
      Action: ["kms:Encrypt", "kms:Decrypt", "kms:ReEncrypt*", "kms:GenerateDataKey*", "kms:DescribeKey"],
      Resource: "*",
      Condition: { ArnLike: { "kms:EncryptionContext:aws:logs:arn": `arn:aws:logs:${region}:${id}:log-group:*` } },
    },
  );
}
