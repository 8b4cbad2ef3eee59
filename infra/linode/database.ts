import { DatabasePostgresqlV2, type DatabasePostgresqlV2Args } from "@pulumi/linode";
import { ComponentResource, type ComponentResourceOptions, type Output, RunError } from "@pulumi/pulumi";
import { postgresClassFor } from "../../platform/database.ts";
import { type DatabaseGeneration, databaseGenerations, withGeneration } from "../../platform/database-generations.ts";
import type { LinodeEnvironment } from "../../platform/environment.ts";
import { databaseServerName } from "../../platform/names.ts";
import { isGuarded } from "../guards.ts";
import type { DatabaseServer } from "../secrets.ts";

/** Three nodes fail over without a loss; two cannot agree. */
const NODES = { alone: 1, withStandby: 3 };
/**
 * The nodes' addresses change with every node that the autoscaler makes, and a managed database has no private network in
 * @pulumi/linode 5.1.1. TLS and the passwords are what guards it.
 */
const EVERYBODY = "0.0.0.0/0";
/** The database that the service makes by itself. */
const FIRST_DATABASE = "defaultdb";
const SUNDAY = 7;

export interface DatabaseArgs {
  readonly environment: LinodeEnvironment;
  readonly region: string;
}

/** Akamai's managed PostgreSQL: daily backups kept 7 days, and any second of them by a fork. */
export class Database extends ComponentResource {
  readonly server: DatabaseServer & { readonly endpoint: Output<string> };
  /** A server that was restored beside it, and the port that the cloud assigned. */
  readonly restored: { readonly endpoint: Output<string>; readonly port: Output<number> } | undefined;
  /** What the cloud assigned. */
  readonly port: Output<number>;
  readonly administrator: { username: Output<string>; password: Output<string>; database: string };

  constructor(name: string, { environment, region }: DatabaseArgs, options: ComponentResourceOptions) {
    super("promptops:linode:Database", name, {}, options);
    const { database } = environment;
    const row = postgresClassFor(environment);
    if (!row)
      throw new Error(`Database '${name}': no class of the catalogue fits. Read the environment before its database.`);
    const [serving, ...others] = databaseGenerations(environment);
    const createServer = (of: DatabaseGeneration): DatabasePostgresqlV2 =>
      new DatabasePostgresqlV2(
        withGeneration("database", of.generation),
        {
          label: databaseServerName(environment, of.generation),
          region,
          engineId: `postgresql/${database.version}`,
          type: row.name,
          clusterSize: database.standby ? NODES.withStandby : NODES.alone,
          allowLists: [EVERYBODY],
          updates: { dayOfWeek: SUNDAY, duration: 4, frequency: "weekly", hourOfDay: 3 },
          ...originOf(of),
        },
        {
          parent: this,
          protect: isGuarded(environment) && of.protect,
          ...(of.role !== "restored" && { ignoreChanges: ORIGINS }),
        },
      );
    const primary = createServer(serving);
    const beside = others.map((each) => [each.role, createServer(each)] as const);
    const restored = beside.find(([role]) => role === "restored")?.[1];
    this.restored = restored && { endpoint: restored.hostPrimary, port: restored.port };
    this.port = primary.port;
    this.server = { endpoint: primary.hostPrimary, port: declaredPort(environment, primary.port) };
    this.administrator = { username: primary.rootUsername, password: primary.rootPassword, database: FIRST_DATABASE };
    this.registerOutputs();
  }
}

/** Inputs that say what a server was forked from. Once services use it, they are history. */
const ORIGINS = ["forkRestoreTime", "forkSource"];

const originOf = ({ from }: DatabaseGeneration): Pick<DatabasePostgresqlV2Args, "forkRestoreTime" | "forkSource"> =>
  from?.pointInTime === undefined ? {} : { forkRestoreTime: from.pointInTime, forkSource: Number(from.of) };

/** Pods may only open the port in the environment file, so another one would cut them off: the update fails and says which. */
function declaredPort({ name, database }: LinodeEnvironment, assigned: Output<number>): Output<number> {
  return assigned.apply((port) => {
    if (port === database.port) return port;
    throw new RunError(
      `Pulumi.${name}.yaml has 'promptops:database.port' = ${String(database.port)}, and the server listens on ${port}. Write ${port} there, render the manifests again, and repeat 'pulumi up'.`,
    );
  });
}
