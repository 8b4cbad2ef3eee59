import { all, type Input, output } from "@pulumi/pulumi";
import { DATABASE_PORT } from "../platform/database.ts";
import { addonPorts } from "../platform/declared-connections.ts";
import { databaseName, inCluster } from "../platform/names.ts";
import { databaseOf, type Service } from "../platform/service.ts";

const VALKEY_PORT = addonPorts.valkey.port;

/** Who owns every database. Without a password, the store makes one. */
export interface Administrator {
  readonly username: Input<string>;
  readonly database: string;
  readonly password?: Input<string>;
}

/** CloudNativePG's server; its certificate is signed by an authority of its own. */
export const inClusterServer: DatabaseServer = {
  endpoint: inCluster.postgres,
  port: DATABASE_PORT,
  sslmode: "require",
};

/** Where a Postgres server answers. */
export interface DatabaseServer {
  readonly endpoint: Input<string>;
  readonly port: Input<number>;
  /** `require` where the server has a certificate, `disable` where it has none. */
  readonly sslmode: "require" | "disable";
}

interface Credentials extends DatabaseServer {
  readonly username: Input<string>;
  readonly password: Input<string>;
  readonly database: string;
}

/** What a reader of the secret finds, by property. */
export function credentialsDocument(credentials: Credentials): SecretDocument {
  const { endpoint, port, username, password, database, sslmode } = credentials;
  const url = all([endpoint, port, username, password]).apply(
    ([host, at, user, secret]) => `postgres://${user}:${secret}@${host}:${at}/${database}?sslmode=${sslmode}`,
  );
  return { url, username, password, database };
}

/** Every secret in a store is a map of properties, on every cloud. */
export type SecretDocument = Readonly<Record<string, Input<string>>>;

/** Where Valkey answers, with its password. */
export function redisDocument(password: Input<string>): SecretDocument {
  return { url: output(password).apply((secret) => `redis://:${secret}@${inCluster.valkey}:${VALKEY_PORT}/0`) };
}

/** A service's role, and the database that it connects to. */
export function serviceCredentials(service: Service): { username: string; database: string } {
  const owner = databaseOf(service)?.of ?? service.name;
  return { username: databaseName(service), database: databaseName({ name: owner }) };
}
