import { backup, iam, kms, rds } from "@pulumi/aws";
import { ComponentResource, type ComponentResourceOptions } from "@pulumi/pulumi";
import { databaseCopyTiers } from "../../platform/backup-tiers.ts";
import { DEFAULT_RECOVERY_DAYS } from "../../platform/database.ts";
import type { AwsEnvironment } from "../../platform/environment.ts";
import { clusterName, roleName, servingDatabase } from "../../platform/names.ts";
import { isGuarded, keptWithBackups } from "../guards.ts";
import type { Account } from "./account.ts";
import type { Keys } from "./keys.ts";
import { copyDatabase, forAccount, trust } from "./policies.ts";

const HOURS_PER_DAY = 24;

/** Minutes that a copy may take. A first one is as large as the database. */
const COMPLETION_WINDOW = 300;

export interface DatabaseBackupsArgs {
  readonly environment: AwsEnvironment;
  readonly account: Account;
  readonly keys: Keys;
  /** The primary. */
  readonly server: rds.Instance;
}

/**
 * What outlives the database server: copies in a vault, which go neither with the server nor with its snapshots, and its own backups
 * in a standby region, where the environment names one.
 */
export class DatabaseBackups extends ComponentResource {
  constructor(name: string, args: DatabaseBackupsArgs, options: ComponentResourceOptions) {
    super("promptops:aws:DatabaseBackups", name, {}, options);
    createCopies(this, name, args);
    const { standbyRegion } = args.environment.backups ?? {};
    if (standbyRegion !== undefined) createStandby(this, standbyRegion, args);
    this.registerOutputs();
  }
}

function createCopies(
  parent: ComponentResource,
  name: string,
  { environment, account, keys, server }: DatabaseBackupsArgs,
): void {
  const called = clusterName(environment);
  const guarded = isGuarded(environment);
  const vault = new backup.Vault(
    name,
    // A copy in the region of its database keeps the database's own key; the vault's is for copies that come from elsewhere.
    { name: called, kmsKeyArn: keys.data.arn, forceDestroy: !guarded },
    { parent, protect: guarded, ...keptWithBackups(environment) },
  );
  const role = new iam.Role(
    name,
    { name: roleName(environment, name), assumeRolePolicy: trust("backup.amazonaws.com", forAccount(account)) },
    { parent },
  );
  const rights = new iam.RolePolicy(name, { role: role.id, policy: copyDatabase(environment, account) }, { parent });
  const plan = new backup.Plan(
    name,
    {
      name: called,
      rules: databaseCopyTiers.map((tier) => ({
        ruleName: tier.name,
        targetVaultName: vault.name,
        schedule: awsSchedule(tier.cron),
        completionWindow: COMPLETION_WINDOW,
        lifecycle: { deleteAfter: tier.keepHours / HOURS_PER_DAY },
      })),
    },
    { parent },
  );
  new backup.Selection(
    name,
    { name: "database", planId: plan.id, iamRoleArn: role.arn, resources: [serverArn(environment, account)] },
    // AWS asks the role at once whether it may find resources.
    { parent, dependsOn: [rights, server] },
  );
}

/** Written, not read: what takes an output of the server would be replaced in the preview of every update of the server. */
const serverArn = (environment: AwsEnvironment, { region, id }: Account): string =>
  `arn:aws:rds:${region}:${id}:db:${servingDatabase(environment)}`;

/** Five fields of cron as AWS writes them: one of the two days is `?`, and a year follows. */
function awsSchedule(cron: string): string {
  const [minute, hour, date, month, weekday] = cron.split(" ");
  const days = weekday === "*" ? [date, month, "?"] : ["?", month, weekday];
  return `cron(${[minute, hour, ...days, "*"].join(" ")})`;
}

/** Continuous: the database can be restored there to any second, some minutes behind. A key never leaves its region. */
function createStandby(
  parent: ComponentResource,
  region: string,
  { environment, account, server }: DatabaseBackupsArgs,
): void {
  const key = new kms.Key(
    "standby",
    { region, description: "Backups in the standby region", enableKeyRotation: true, deletionWindowInDays: 30 },
    { parent, protect: isGuarded(environment), ...keptWithBackups(environment) },
  );
  new rds.InstanceAutomatedBackupsReplication(
    "standby",
    {
      region,
      sourceDbInstanceArn: serverArn(environment, account),
      kmsKeyId: key.arn,
      retentionPeriod: environment.database.pointInTimeRecoveryDays ?? DEFAULT_RECOVERY_DAYS,
    },
    // A server's backups go to one region once.
    { parent, deleteBeforeReplace: true, dependsOn: [server] },
  );
}
