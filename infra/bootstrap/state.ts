import { kms, Provider } from "@pulumi/aws";
import { ComponentResource, type ComponentResourceOptions } from "@pulumi/pulumi";
import type { Account } from "../aws/account.ts";
import { createPrivateBucket } from "../aws/private-bucket.ts";

/** A state that a failed update spoilt is noticed at the next update, which may be months later. */
const DAYS_OF_OLD_VERSIONS = 365;

/** What `pulumi login` and `pulumi stack init --secrets-provider` take. */
export interface StateOutputs {
  readonly backend: string;
  readonly secretsProvider: string;
}

/** The bucket that keeps the states of an account's stacks, and the key that encrypts it and the secrets in them. */
export function stateProgram(account: Account): StateOutputs {
  const aws = new Provider("aws", {
    region: account.region,
    allowedAccountIds: [account.id],
    defaultTags: { tags: { project: "promptops", "managed-by": "pulumi" } },
  });
  new State("state", account, { provider: aws });
  return {
    backend: `s3://${bucketOf(account)}?region=${account.region}`,
    secretsProvider: `awskms://${ALIAS}?region=${account.region}`,
  };
}

const ALIAS = "alias/promptops-state";
const bucketOf = ({ id }: Account): string => `promptops-state-${id}`;

/** Without either of them no stack can be updated or taken down, so both refuse to be deleted. */
class State extends ComponentResource {
  constructor(name: string, account: Account, options: ComponentResourceOptions) {
    super("promptops:aws:State", name, {}, options);
    const key = new kms.Key(
      name,
      { description: "States of Pulumi, and the secrets in them", enableKeyRotation: true, deletionWindowInDays: 30 },
      { parent: this, protect: true },
    );
    new kms.Alias(name, { name: ALIAS, targetKeyId: key.id }, { parent: this });
    createPrivateBucket(
      name,
      { bucket: bucketOf(account), keyArn: key.arn, guarded: true, oldVersionDays: DAYS_OF_OLD_VERSIONS },
      { parent: this },
    );
    this.registerOutputs();
  }
}
