import { ComponentResource, type ComponentResourceOptions, type Input } from "@pulumi/pulumi";
import type { Environment } from "../../platform/environment.ts";
import {
  databaseAdminPath,
  databaseSecretPath,
  redisSecretPath,
  secretPath,
  valkeyPath,
} from "../../platform/names.ts";
import { databaseOf, type Service, usesQueue } from "../../platform/service.ts";
import {
  type Administrator,
  credentialsDocument,
  type DatabaseServer,
  redisDocument,
  serviceCredentials,
} from "../database-credentials.ts";
import { DerivedSecret, GeneratedSecret } from "./generated-secret.ts";
import type { Keys } from "./keys.ts";

export interface SecretStoreArgs {
  readonly environment: Environment;
  readonly services: readonly Service[];
  readonly keys: Keys;
  readonly server: DatabaseServer;
  readonly administrator: Administrator;
}

/** What the services read, in Secrets Manager under the environment's prefix; External Secrets brings it into the cluster. */
export class SecretStore extends ComponentResource {
  constructor(
    name: string,
    { environment, services, keys, server, administrator }: SecretStoreArgs,
    options: ComponentResourceOptions,
  ) {
    super("promptops:aws:SecretStore", name, {}, options);
    const inside = { parent: this };
    const { protect } = environment;
    new DerivedSecret(
      "database-admin-credentials",
      {
        path: databaseAdminPath(environment),
        keys,
        protect,
        document: credentialsDocument({ ...server, ...administrator, password: administratorPassword() }),
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
    if (environment.valkey) createValkey();
    this.registerOutputs();

    function administratorPassword(): Input<string> {
      const path = `${databaseAdminPath(environment)}-password`;
      return administrator.password ?? new GeneratedSecret("database-admin", { path, keys, protect }, inside).value;
    }

    function createValkey(): void {
      const password = new GeneratedSecret("valkey", { path: valkeyPath(environment), keys, protect }, inside);
      for (const service of services.filter(usesQueue)) {
        new DerivedSecret(
          `${service.name}-redis`,
          { path: redisSecretPath(environment, service), keys, protect, document: redisDocument(password.value) },
          inside,
        );
      }
    }

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
