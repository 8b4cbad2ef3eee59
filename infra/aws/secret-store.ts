import { ComponentResource, type ComponentResourceOptions } from "@pulumi/pulumi";
import { DATABASE_PORT } from "../../platform/database.ts";
import type { Environment } from "../../platform/environment.ts";
import { databaseAdmin, databaseAdminPath, databaseSecretPath, secretPath } from "../../platform/names.ts";
import { databaseOf, type Service } from "../../platform/service.ts";
import { credentialsDocument, type DatabaseServer, serviceCredentials } from "../database-credentials.ts";
import type { Database } from "./database.ts";
import { DerivedSecret, GeneratedSecret } from "./generated-secret.ts";
import type { Keys } from "./keys.ts";

export interface SecretStoreArgs {
  readonly environment: Environment;
  readonly services: readonly Service[];
  readonly keys: Keys;
  readonly database: Database;
}

/** What the services read, in Secrets Manager under the environment's prefix; External Secrets brings it into the cluster. */
export class SecretStore extends ComponentResource {
  constructor(
    name: string,
    { environment, services, keys, database }: SecretStoreArgs,
    options: ComponentResourceOptions,
  ) {
    super("promptops:aws:SecretStore", name, {}, options);
    const inside = { parent: this };
    const { protect } = environment;
    const server: DatabaseServer = { endpoint: database.endpoint, port: DATABASE_PORT, sslmode: "require" };

    new DerivedSecret(
      "database-admin-credentials",
      {
        path: databaseAdminPath(environment),
        keys,
        protect,
        document: credentialsDocument({ ...server, ...databaseAdmin, password: database.adminPassword }),
      },
      inside,
    );
    for (const service of services) {
      for (const secret of service.secrets) {
        new GeneratedSecret(
          secret.name,
          { path: secretPath(environment, service.name, secret.name), bytes: secret.bytes, keys, protect },
          inside,
        );
      }
      if (databaseOf(service)) createCredentials(service);
    }
    this.registerOutputs();

    function createCredentials(service: Service): void {
      const path = databaseSecretPath(environment, service);
      const password = new GeneratedSecret(
        `${service.name}-database-password`,
        { path: `${path}-password`, keys, protect },
        inside,
      );
      new DerivedSecret(
        `${service.name}-database`,
        {
          path,
          keys,
          protect,
          document: credentialsDocument({ ...server, ...serviceCredentials(service), password: password.value }),
        },
        inside,
      );
    }
  }
}
