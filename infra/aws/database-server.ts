import { type cloudwatch, rds } from "@pulumi/aws";
import type { CustomResourceOptions, Output } from "@pulumi/pulumi";
import { DEFAULT_RECOVERY_DAYS, STORAGE_GROWTH } from "../../platform/database.ts";
import { type DatabaseGeneration, withGeneration } from "../../platform/database-generations.ts";
import type { AwsEnvironment } from "../../platform/environment.ts";
import { databaseAdmin, databaseServerName } from "../../platform/names.ts";
import { bytes } from "../../platform/quantity.ts";
import { isGuarded } from "../guards.ts";
import type { Keys } from "./keys.ts";
import { createLogGroup } from "./log-group.ts";

const LOG_TYPES = ["postgresql", "upgrade"];

/** What all servers of an environment have. */
export interface ServerArgs {
  readonly environment: AwsEnvironment;
  readonly keys: Keys;
  /** Of the administrator. */
  readonly password: Output<string>;
  readonly instanceClass: string;
  readonly groupId: Output<string>;
  readonly parameterGroupName: Output<string>;
  readonly subnetGroupName: Output<string>;
}

const sharedInputs = ({ keys, instanceClass, groupId, parameterGroupName }: ServerArgs) => ({
  instanceClass,
  storageEncrypted: true,
  vpcSecurityGroupIds: [groupId],
  parameterGroupName,
  publiclyAccessible: false,
  autoMinorVersionUpgrade: true,
  // Whoever runs 'pulumi up' chooses the time. Otherwise a change waits for the maintenance window, and each 'up' until then shows it again.
  applyImmediately: true,
  copyTagsToSnapshot: true,
  kmsKeyId: keys.data.arn,
  enabledCloudwatchLogsExports: LOG_TYPES,
});

/** A server that can be written to. */
export function createServer(of: DatabaseGeneration, args: ServerArgs, options: CustomResourceOptions): rds.Instance {
  const { environment, keys, password, subnetGroupName } = args;
  const { database } = environment;
  const name = withGeneration("database", of.generation);
  const identifier = databaseServerName(environment, of.generation);
  const protect = isGuarded(environment) && of.protect;
  return new rds.Instance(
    name,
    {
      ...sharedInputs(args),
      identifier,
      engine: "postgres",
      engineVersion: database.version,
      allowMajorVersionUpgrade: true,
      dbSubnetGroupName: subnetGroupName,
      storageType: "gp3",
      allocatedStorage: gibibytes(database.storage),
      maxAllocatedStorage: STORAGE_GROWTH * gibibytes(database.storage),
      multiAz: database.standby ?? false,
      backupRetentionPeriod: database.pointInTimeRecoveryDays ?? DEFAULT_RECOVERY_DAYS,
      backupWindow: "01:00-01:30",
      maintenanceWindow: "sun:03:00-sun:04:00",
      username: databaseAdmin.username,
      password,
      deletionProtection: protect,
      ...finalSnapshot(identifier, of.role, environment),
      ...originOf(of),
    },
    {
      ...options,
      protect,
      dependsOn: createLogGroups(name, { identifier, keys }, options),
      ...(of.role !== "restored" && { ignoreChanges: ORIGINS }),
    },
  );
}

/** A read replica, in a zone, of the server that services use. */
export function createReplica(
  { zone, of, generation }: { readonly zone: string; readonly of: rds.Instance; readonly generation: number },
  args: ServerArgs,
  options: CustomResourceOptions,
): rds.Instance {
  const { environment, keys } = args;
  const name = `${withGeneration("database", generation)}-replica-${zone}`;
  const identifier = `${databaseServerName(environment, generation)}-replica-${zone}`;
  return new rds.Instance(
    name,
    {
      ...sharedInputs(args),
      identifier,
      replicateSourceDb: of.identifier,
      availabilityZone: zone,
      // It holds a copy: it may go whenever fewer are declared.
      deletionProtection: false,
      skipFinalSnapshot: true,
    },
    { ...options, dependsOn: createLogGroups(name, { identifier, keys }, options) },
  );
}

/**
 * Inputs that say what a server was restored from. Others replace it, which is right while it is beside the one that services use.
 * From then on they are history.
 */
const ORIGINS = ["restoreToPointInTime", "snapshotIdentifier"];

function originOf({ from }: DatabaseGeneration): Pick<rds.InstanceArgs, "restoreToPointInTime" | "snapshotIdentifier"> {
  if (from?.snapshot !== undefined) return { snapshotIdentifier: from.snapshot };
  if (from?.of === undefined) return {};
  const source = from.of.startsWith("arn:")
    ? { sourceDbInstanceAutomatedBackupsArn: from.of }
    : { sourceDbInstanceIdentifier: from.of };
  return { restoreToPointInTime: { restoreTime: from.pointInTime, ...source } };
}

/** They come before the server, or RDS makes groups of its own. */
const createLogGroups = (
  server: string,
  { identifier, keys }: { readonly identifier: string; readonly keys: Keys },
  options: CustomResourceOptions,
): cloudwatch.LogGroup[] =>
  LOG_TYPES.map((type) =>
    createLogGroup(`${server}-${type}`, { called: `/aws/rds/instance/${identifier}/${type}`, keys }, options),
  );

/**
 * Of a protected database that is deleted, unless it is a copy that never served. A teardown names its own, of the server that
 * services use: the name of an earlier one is taken.
 */
function finalSnapshot(
  identifier: string,
  role: DatabaseGeneration["role"],
  { protect, teardown }: AwsEnvironment,
): Pick<rds.InstanceArgs, "skipFinalSnapshot" | "finalSnapshotIdentifier"> {
  const atTeardown = role === "serves" ? teardown?.finalSnapshot : undefined;
  const name = teardown ? atTeardown : protect && role !== "restored" ? `${identifier}-final` : undefined;
  return name === undefined ? { skipFinalSnapshot: true } : { skipFinalSnapshot: false, finalSnapshotIdentifier: name };
}

const gibibytes = (quantity: string): number => Math.ceil(bytes(quantity) / 2 ** 30);
