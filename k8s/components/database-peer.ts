import { DATABASE_PORT, postgresIsInCluster } from "../../platform/database.ts";
import { namespaces, postgresCluster } from "../../platform/names.ts";
import { type Peer, pods, tcp } from "../constructs/network-peers.ts";
import type { Context } from "./context.ts";

/** Where Postgres answers, in the cluster or out of it. */
export function databasePeer({ environment, cloud }: Pick<Context, "environment" | "cloud">): Peer {
  if (!postgresIsInCluster(environment) && cloud.database) return cloud.database;
  return { peers: [pods(namespaces.data, { "cnpg.io/cluster": postgresCluster })], ports: tcp(DATABASE_PORT) };
}
