import { all, type Input } from "@pulumi/pulumi";
import { DATABASE_PORT } from "../platform/database.ts";
import { databaseName } from "../platform/names.ts";
import { databaseOf, type Service } from "../platform/service.ts";

interface Credentials {
  readonly endpoint: Input<string>;
  readonly username: string;
  readonly password: Input<string>;
  readonly database: string;
  /** `require` where the server has a certificate, `disable` where it has none. */
  readonly sslmode: "require" | "disable";
}

/** What a reader of the secret finds, by property. */
export function credentialsDocument({ endpoint, username, password, database, sslmode }: Credentials): SecretDocument {
  const url = all([endpoint, password]).apply(
    ([host, secret]) => `postgres://${username}:${secret}@${host}:${DATABASE_PORT}/${database}?sslmode=${sslmode}`,
  );
  return { url, username, password, database };
}

/** Every secret in a store is a map of properties, on every cloud. */
export type SecretDocument = Readonly<Record<string, Input<string>>>;

/** A service's role, and the database that it connects to. */
export function serviceCredentials(service: Service): { username: string; database: string } {
  const owner = databaseOf(service)?.of ?? service.name;
  return { username: databaseName(service), database: databaseName({ name: owner }) };
}
