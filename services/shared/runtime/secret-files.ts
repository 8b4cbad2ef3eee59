import { credentialFile } from "../../../platform/names.ts";
import type { Dependency, Service } from "../../../platform/service.ts";
import { DATABASE_REPLICAS, DATABASE_URL } from "../database/contract.ts";
import { REDIS_URL } from "../executions/contract.ts";
import { OBJECTS_ACCESS_KEY, OBJECTS_SECRET_KEY } from "../objects/contract.ts";
import { AMQP_URL } from "../usage/contract.ts";

/** A file that a program reads in the folder of its secrets. */
export interface SecretFile {
  readonly name: string;
  /** The program does not start without it. */
  readonly required: boolean;
}

function ofDependency(use: Dependency): SecretFile[] {
  switch (use.kind) {
    case "database":
      return [
        { name: DATABASE_URL, required: true },
        ...(use.readsReplicas ? [{ name: DATABASE_REPLICAS, required: false }] : []),
      ];
    case "queue":
      return [{ name: REDIS_URL, required: false }];
    case "messages":
      return [{ name: AMQP_URL, required: false }];
    case "objects":
      return [OBJECTS_ACCESS_KEY, OBJECTS_SECRET_KEY].map((name) => ({ name, required: false }));
    case "secret":
      return [{ name: use.name, required: true }];
    default:
      return [];
  }
}

/** Every secret file that the program of a service reads; settings let it read no other. */
export function secretFiles(
  { uses, secrets }: Pick<Service, "uses" | "secrets">,
  models: readonly { readonly credential?: string | undefined }[],
): SecretFile[] {
  const credentials = uses.some(({ kind }) => kind === "models")
    ? models.flatMap(({ credential }) => (credential === undefined ? [] : [credentialFile(credential)]))
    : [];
  return [
    ...uses.flatMap(ofDependency),
    ...[...secrets.map(({ name }) => name), ...credentials].map((name) => ({ name, required: true })),
  ];
}
