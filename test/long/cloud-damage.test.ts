import { expect, test } from "vitest";
import { proofs } from "../../proofs/index.ts";
import { freshPlan, planOf, withResourcesAlone } from "../plans.ts";
import { resourceDamage } from "./resource-damage.ts";

/** Every so many of the damages, the same ones each time. */
const STEP = 23;
/** Those that read cloud resources, but for what packs pods onto nodes, which takes longer. */
const READERS = [
  ...[
    "no-public-access",
    "require-as-declared",
    "require-encryption",
    "require-enforcement",
    "require-least-privilege",
  ],
  ...[
    "require-protection",
    "require-secret-source",
    "require-storage-class",
    "valid-hosts",
    "valid-network",
    "valid-resources",
  ],
];
const quick = proofs.filter(({ name }) => READERS.includes(name));

/** Damage that does none, and why. */
const harmless: readonly (readonly [damage: RegExp, why: string])[] = [
  [/\btags?\b|Tags|tagSpecifications|description|comment|volumeTags|\bid: /, "a name for people"],
  [
    /(forceDestroy|publiclyAccessible|skipFinalSnapshot|isEnabled|corsEnabled|retentionPeriod|Domain \S+ type|tier): dropped/,
    "the default is the same",
  ],
  [
    /(deletionWindowInDays|recoveryWindowInDays|endpointPublicAccess|resolveConflicts\w+|httpEndpoint): dropped/,
    "the default is the same",
  ],
  [
    /(backupWindow|maintenanceWindow|rules\.\d\.completionWindow|updates[.\w]*|availabilityZone|throughputMode|[sS]torageType|volumeType|parameters\.\w+): (dropped|zero)/,
    "the cloud chooses",
  ],
  [
    /(amiType|capacityType|updateStrategy|endpointType|abortIncompleteMultipartUpload\w*(\.\w+)?|taints): /,
    "the default is the same, or it holds no data",
  ],
  [
    /(skipCredentialsValidation|skipRegionValidation|updateDefaultVersion|bucketKeyEnabled|bootstrapClusterCreatorAdminPermissions): /,
    "nothing depends on it",
  ],
  [
    /(transitions\S*|filter|noncurrent\S+|volumeSize|maxAllocatedStorage|retentionInDays|completionWindow|deleteAfter): |pools\.\d\.count: ten times/,
    "it costs more",
  ],
  [
    /(Role|Plan|Selection|Vault|Secret|Instance|Alias|NodeGroup|VolumeSnapshotClass|RoleBinding|StorageClass|ObjectStorageKey|LkeCluster|DatabasePostgresqlV2|Token) \S+ ([\w.]*[nN]ame|identifier|label|username|finalSnapshotIdentifier|metadata|metadata\.namespace|regions[.\w]*|roleRef\.apiGroup): /,
    "nothing reads it by this name",
  ],
  [
    /enabledCloudwatchLogsExports\.\d: dropped|(kmsKeyId|subnetId|data): pointed elsewhere/,
    "another of the same kind does too",
  ],
  [
    /(standard-ssd|Alias cluster|linode linode): removed|soaEmail|serviceIpv4Cidr: moved/,
    "nothing uses it, or another proof reads it",
  ],
  [/pools\.0\.taints\.\d\.value: misspelt/, "nothing tolerates the taint of the first pool on LKE, whatever its value"],
  [/database-replica-\S+ (applyImmediately|deletionProtection): /, "a replica can be made again"],
  [/Namespace|Release/, "what is in the cluster is read where it is rendered"],
];

test.each(["production", "production-lke"])(
  "damage to the resources of %s is noticed, but for what does none",
  async (name) => {
    const plan = await planOf(name);
    const tried = resourceDamage(plan.resources, () => true).filter((_, index) => index % STEP === 0);
    const left = tried.filter(({ resources }) => {
      const changed = withResourcesAlone(plan, resources);
      return !quick.some(({ examine }) => examine(changed).failures.length > 0);
    });
    const unexplained = left.filter((damage) => !harmless.some(([pattern]) => pattern.test(damage.name)));
    expect(unexplained.map((damage) => damage.name)).toEqual([]);
    expect(tried.length).toBeGreaterThan(15);
  },
  120_000,
);

test.each<[string, string, Record<string, unknown>]>([
  ["Postgres in the cluster", "production", { "database.inCluster": true, "database.readReplicas": undefined }],
  ["no administrator but the deployer", "production", { "kubernetes.administrators": undefined }],
  ["no protection and no add-ons", "production", { protect: false, addons: undefined }],
  ["no standby on linode", "production-lke", { protect: false, "database.standby": false }],
])("%s raises no failure", async (_, name, changes) => {
  const plan = await freshPlan(name, changes);
  expect(quick.flatMap(({ examine }) => examine(plan).failures)).toEqual([]);
});
