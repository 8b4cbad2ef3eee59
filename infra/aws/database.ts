import { ec2, rds } from "@pulumi/aws";
import { ComponentResource, type ComponentResourceOptions, type Output } from "@pulumi/pulumi";
import { DATABASE_PORT, postgresClassFor } from "../../platform/database.ts";
import { databaseGenerations } from "../../platform/database-generations.ts";
import type { AwsEnvironment } from "../../platform/environment.ts";
import { clusterName, databaseAdmin, databaseAdminPath } from "../../platform/names.ts";
import { isGuarded } from "../guards.ts";
import type { Administrator, DatabaseServer } from "../secrets.ts";
import type { Account } from "./account.ts";
import { createReplica, createServer, type ServerArgs } from "./database-server.ts";
import { GeneratedSecret } from "./generated-secret.ts";
import type { Keys } from "./keys.ts";
import type { Network } from "./network.ts";
import { openPort } from "./open-port.ts";

export interface DatabaseArgs {
  readonly environment: AwsEnvironment;
  readonly account: Account;
  readonly network: Network;
  readonly keys: Keys;
}

/** RDS for PostgreSQL in the isolated subnets: encrypted, TLS alone, any second of the last days, reachable by pods alone. */
export class Database extends ComponentResource {
  readonly server: DatabaseServer & { readonly endpoint: Output<string> };
  /** A server that was restored beside it. */
  readonly restored: { readonly endpoint: Output<string>; readonly port: number } | undefined;
  readonly administrator: Administrator;
  readonly primary: rds.Instance;

  constructor(name: string, { environment, network, keys }: DatabaseArgs, options: ComponentResourceOptions) {
    super("promptops:aws:Database", name, {}, options);
    const inside = { parent: this };
    const { database } = environment;
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
    const password = new GeneratedSecret(
      "database-admin",
      { path: `${databaseAdminPath(environment)}-password`, keys, guarded: isGuarded(environment) },
      inside,
    ).value;
    const args: ServerArgs = {
      ...{ environment, keys, password },
      instanceClass: row.name,
      groupId: group.id,
      parameterGroupName: parameters.name,
      subnetGroupName: subnets.name,
    };
    const [serving, ...others] = databaseGenerations(environment);
    this.primary = createServer(serving, args, inside);
    const beside = others.map((each) => [each.role, createServer(each, args, inside)] as const);
    const restored = beside.find(([role]) => role === "restored")?.[1];
    const replicas = (database.readReplicas ?? []).map(
      (zone) => createReplica({ zone, of: this.primary, generation: serving.generation }, args, inside).address,
    );
    this.server = { endpoint: this.primary.address, port: DATABASE_PORT, replicas };
    this.restored = restored && { endpoint: restored.address, port: DATABASE_PORT };
    this.administrator = { ...databaseAdmin, password };
    this.registerOutputs();
  }
}

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
