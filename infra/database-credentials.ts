import { all, type Input } from "@pulumi/pulumi";
import { DATABASE_PORT } from "../platform/database.ts";
import { databaseName } from "../platform/names.ts";

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

/** Role and database of a service, which have one name. */
export function serviceCredentials(service: { readonly name: string }): { username: string; database: string } {
  return { username: databaseName(service), database: databaseName(service) };
}
