import { awsManagedPolicies } from "../../../platform/catalogue/aws-managed-policies.ts";
import { awsActions } from "../../../platform/catalogue/rights.ts";
import type { DeclaredCloud } from "../../model/declared.ts";
import { type Recorded, type RecordedResource, textOf } from "../../model/recorded.ts";
import { at, objectsIn, ofType, referredTo, textsOf } from "../inputs.ts";
import { manageLoadBalancers, scaleNodes } from "./controller-actions.ts";
import { answerDnsChallenges, manageDnsRecords } from "./dns-actions.ts";
import { serversNamed } from "./database-backups.ts";
import type { Request } from "./iam.ts";

type Resources = readonly RecordedResource[];

/** A request that must be allowed. */
export type Need = Request;

export interface Needs {
  readonly needs: readonly Need[];
  /** Policies of AWS that may be attached. */
  readonly managed: readonly string[];
}

const KEY = "aws:kms/key:Key";

/** What rights by name come to, on the resources of the plan. A name without a row is a policy of AWS. */
const rows: Readonly<Record<string, (resources: Resources, declared: DeclaredCloud) => readonly Need[]>> = {
  "read-secrets": readSecrets,
  "write-backups": (resources, declared) =>
    useBucket(resources, declared, { bucket: declared.backups, actions: awsActions.writeBackups }),
  "use-objects": (resources, declared) =>
    useBucket(resources, declared, { bucket: declared.objects, actions: awsActions.useObjects }),
  "encrypt-volumes": (resources, declared) =>
    ofType(resources, "kubernetes:storage.k8s.io/v1:StorageClass").flatMap((each) =>
      useKey(at(each, "parameters.kmsKeyId"), awsActions.encryptVolumes.key, { resources, declared }),
    ),
  "copy-database": copyDatabase,
  "answer-dns-challenges": answerDnsChallenges,
  "manage-dns-records": manageDnsRecords,
  "manage-load-balancers": manageLoadBalancers,
  "scale-nodes": scaleNodes,
  "write-flow-logs": (resources, declared) =>
    ofType(resources, "aws:ec2/flowLog:FlowLog")
      .flatMap((log) => referredTo(at(log, "logDestination"), ofType(resources, "aws:cloudwatch/logGroup:LogGroup")))
      .flatMap((group) =>
        awsActions.writeFlowLogs.stream.map((action) => ({
          action,
          resource: `arn:aws:logs:${place(declared)}:log-group:${textOf(at(group, "name"))}:log-stream:eni-1`,
        })),
      ),
};

export function needsOf(may: readonly string[], resources: Resources, declared: DeclaredCloud): Needs {
  const managed = may.filter((name) => !(name in rows));
  return {
    managed,
    needs: [
      ...may.flatMap((name) => rows[name]?.(resources, declared) ?? []),
      ...managed.flatMap((name) => (awsManagedPolicies[name] ?? []).map((action) => ({ action, resource: "*" }))),
    ],
  };
}

export const place = ({ region = "", account = "" }: DeclaredCloud): string => `${region}:${account}`;

/** Requests to the key that encrypts something; none where the provider's does. */
function useKey(
  value: Recorded | undefined,
  actions: readonly string[],
  { resources, declared }: { readonly resources: Resources; readonly declared: DeclaredCloud },
): Need[] {
  return referredTo(value, ofType(resources, KEY)).flatMap((key) => {
    const aliases = ofType(resources, "aws:kms/alias:Alias")
      .filter((alias) => referredTo(at(alias, "targetKeyId"), [key]).length > 0)
      .flatMap((alias) => textsOf(at(alias, "name")));
    return actions.map((action) => ({
      action,
      resource: `arn:aws:kms:${place(declared)}:key/${key.name}`,
      context: { "kms:resourcealiases": aliases, "kms:grantisforawsresource": ["true"] },
    }));
  });
}

function readSecrets(resources: Resources, declared: DeclaredCloud): Need[] {
  const { secret: onSecret, key: onKey } = awsActions.readSecrets;
  return ofType(resources, "aws:secretsmanager/secret:Secret").flatMap((secret) => [
    ...onSecret.map((action) => ({
      action,
      // Secrets Manager ends every ARN with six characters of its own.
      resource: `arn:aws:secretsmanager:${place(declared)}:secret:${textOf(at(secret, "name"))}-AbCdEf`,
    })),
    ...useKey(at(secret, "kmsKeyId"), onKey, { resources, declared }),
  ]);
}

interface BucketUse {
  readonly bucket: string | undefined;
  readonly actions: Readonly<Record<"bucket" | "object" | "key", readonly string[]>>;
}

function useBucket(resources: Resources, declared: DeclaredCloud, { bucket: called, actions }: BucketUse): Need[] {
  const { bucket: onBucket, object: onObject, key: onKey } = actions;
  const arn = `arn:aws:s3:::${called ?? ""}`;
  const defaults = ofType(resources, "aws:s3/bucket:Bucket")
    .filter((bucket) => at(bucket, "bucket") === called)
    .flatMap((bucket) =>
      ofType(
        resources,
        "aws:s3/bucketServerSideEncryptionConfiguration:BucketServerSideEncryptionConfiguration",
      ).filter((each) => referredTo(at(each, "bucket"), [bucket]).length > 0),
    )
    .flatMap((each) => objectsIn(at(each, "rules")))
    .flatMap((rule) => objectsIn(rule["applyServerSideEncryptionByDefault"]));
  return [
    ...onBucket.map((action) => ({ action, resource: arn })),
    ...onObject.map((action) => ({ action, resource: `${arn}/a/a/a.gz` })),
    ...defaults.flatMap(({ kmsMasterKeyId }) => useKey(kmsMasterKeyId, onKey, { resources, declared })),
  ];
}

/** Of each server that a selection names, into the vaults of the plan. */
function copyDatabase(resources: Resources, declared: DeclaredCloud): Need[] {
  const { everywhere, server: onServer, snapshot: onSnapshot, vault: onVault, key: onKey } = awsActions.copyDatabase;
  const inRds = `arn:aws:rds:${place(declared)}`;
  const servers = ofType(resources, "aws:backup/selection:Selection").flatMap((selection) =>
    serversNamed(at(selection, "resources"), resources),
  );
  const on = (resource: string, actions: readonly string[]): Need[] => actions.map((action) => ({ action, resource }));
  return [
    ...on("*", everywhere),
    ...on(`${inRds}:snapshot:awsbackup:job-1`, onSnapshot),
    ...servers.flatMap((server) => [
      ...on(`${inRds}:db:${textOf(at(server, "identifier"))}`, onServer),
      ...useKey(at(server, "kmsKeyId"), onKey, { resources, declared }),
    ]),
    ...ofType(resources, "aws:backup/vault:Vault").flatMap((vault) =>
      on(`arn:aws:backup:${place(declared)}:backup-vault:${textOf(at(vault, "name"))}`, onVault),
    ),
  ];
}
