import { postgresClasses } from "../../platform/catalogue/postgres.ts";
import type { Cloud } from "../../platform/clouds.ts";
import type { DatabaseServer } from "../model/cloud.ts";
import { UnreadableResource } from "../model/recorded.ts";

/** A server of a class of the catalogue. Throws for one that it does not have. */
export function postgresServer(cloud: Cloud, name: string, standby: boolean): DatabaseServer {
  const row = postgresClasses.find((each) => each.cloud === cloud && each.name === name);
  if (!row) throw new UnreadableResource(`Postgres class '${name}' of ${cloud} is not in the catalogue.`);
  return { name, maxConnections: row.maxConnections, standby };
}
