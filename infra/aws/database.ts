import { type cloudwatch, ec2, rds } from "@pulumi/aws";
import {
  ComponentResource,
  type ComponentResourceOptions,
  type CustomResourceOptions,
  type Output,
} from "@pulumi/pulumi";
import { DATABASE_PORT, DEFAULT_RECOVERY_DAYS, postgresClassFor, STORAGE_GROWTH } from "../../platform/database.ts";
import type { AwsEnvironment } from "../../platform/environment.ts";
import { clusterName, databaseAdmin, databaseAdminPath } from "../../platform/names.ts";
import { bytes } from "../../platform/quantity.ts";
import { isGuarded } from "../guards.ts";
import type { Administrator, DatabaseServer } from "../secrets.ts";
import type { Account } from "./account.ts";
import { GeneratedSecret } from "./generated-secret.ts";
import type { Keys } from "./keys.ts";
import { createLogGroup } from "./log-group.ts";
import type { Network } from "./network.ts";
import { openPort } from "./open-port.ts";

const LOG_TYPES = ["postgresql", "upgrade"];

export interface DatabaseArgs {
  readonly environment: AwsEnvironment;
  readonly account: Account;
  readonly network: Network;
  readonly keys: Keys;
}

/** RDS for PostgreSQL in the isolated subnets: encrypted, TLS alone, any second of the last days, reachable by pods alone. */
export class Database extends ComponentResource {
  readonly server: DatabaseServer & { readonly endpoint: Output<string> };
  readonly administrator: Administrator;
  readonly primary: rds.Instance;

  constructor(name: string, { environment, network, keys }: DatabaseArgs, options: ComponentResourceOptions) {
    super("promptops:aws:Database", name, {}, options);
    const inside = { parent: this };
    const { database } = environment;
    const guarded = isGuarded(environment);
    const called = clusterName(environment);
    const row = postgresClassFor(environment);
    if (!row)
      throw new Error(`Database '${name}': no class of the catalogue fits. Read the environment before its database.`);

    const { subnets, group } = createAccess(this, called, network);
    const parameters = new rds.ParameterGroup(
      "database",
      {
        name: `${called}-${database.version}`,
        family: `postgres${database.version}`,
        parameters: [{ name: "rds.force_ssl", value: "1" }],
      },
      // The server uses the group of its version until it is upgraded.
      { ...inside, deleteBeforeReplace: false },
    );
    const shared = {
      instanceClass: row.name,
      storageEncrypted: true,
      vpcSecurityGroupIds: [group.id],
      parameterGroupName: parameters.name,
      publiclyAccessible: false,
      autoMinorVersionUpgrade: true,
      // Whoever runs 'pulumi up' chooses the time. Otherwise a change waits for the maintenance window, and each 'up' until then shows it again.
      applyImmediately: true,
      copyTagsToSnapshot: true,
      kmsKeyId: keys.data.arn,
      enabledCloudwatchLogsExports: LOG_TYPES,
    };
    const password = new GeneratedSecret(
      "database-admin",
      { path: `${databaseAdminPath(environment)}-password`, keys, guarded },
      inside,
    );
    const primary = new rds.Instance(
      "database",
      {
        ...shared,
        identifier: called,
        engine: "postgres",
        engineVersion: database.version,
        allowMajorVersionUpgrade: true,
        dbSubnetGroupName: subnets.name,
        storageType: "gp3",
        allocatedStorage: gibibytes(database.storage),
        maxAllocatedStorage: STORAGE_GROWTH * gibibytes(database.storage),
        multiAz: database.standby ?? false,
        backupRetentionPeriod: database.pointInTimeRecoveryDays ?? DEFAULT_RECOVERY_DAYS,
        backupWindow: "01:00-01:30",
        maintenanceWindow: "sun:03:00-sun:04:00",
        username: databaseAdmin.username,
        password: password.value,
        deletionProtection: guarded,
        ...finalSnapshot(called, environment),
      },
      { ...inside, protect: guarded, dependsOn: createLogGroups("database", { identifier: called, keys }, inside) },
    );
    const replicas = (database.readReplicas ?? []).map((zone) => createReplica(zone).address);
    this.server = { endpoint: primary.address, port: DATABASE_PORT, replicas };
    this.primary = primary;
    this.administrator = { ...databaseAdmin, password: password.value };
    this.registerOutputs();

    function createReplica(zone: string): rds.Instance {
      const identifier = `${called}-replica-${zone}`;
      return new rds.Instance(
        `database-replica-${zone}`,
        {
          ...shared,
          identifier,
          replicateSourceDb: primary.identifier,
          availabilityZone: zone,
          // It holds a copy: it may go whenever fewer are declared.
          deletionProtection: false,
          skipFinalSnapshot: true,
        },
        { ...inside, dependsOn: createLogGroups(`database-replica-${zone}`, { identifier, keys }, inside) },
      );
    }
  }
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

/** Of a protected database that is deleted. A teardown names its own: the name of an earlier one is taken. */
function finalSnapshot(
  called: string,
  { protect, teardown }: AwsEnvironment,
): Pick<rds.InstanceArgs, "skipFinalSnapshot" | "finalSnapshotIdentifier"> {
  const name = teardown ? teardown.finalSnapshot : protect ? `${called}-final` : undefined;
  return name === undefined ? { skipFinalSnapshot: true } : { skipFinalSnapshot: false, finalSnapshotIdentifier: name };
}

const gibibytes = (quantity: string): number => Math.ceil(bytes(quantity) / 2 ** 30);

/** Subnets without a way out, and a group that pods' subnets alone reach, on the one port. */
function createAccess(
  parent: ComponentResource,
  called: string,
  { vpcId, zones }: Network,
): { subnets: rds.SubnetGroup; group: ec2.SecurityGroup } {
  const subnetIds = zones.map((zone) => zone.isolated.id);
  const subnets = new rds.SubnetGroup("database", { name: called, subnetIds }, { parent });
  const group = new ec2.SecurityGroup(
    "database",
    { vpcId, description: "Postgres from the pods' subnets" },
    { parent },
  );
  for (const { plan } of zones) {
    openPort(`database-${plan.zone}`, { group, port: DATABASE_PORT, from: plan.private }, { parent });
  }
  return { subnets, group };
}
