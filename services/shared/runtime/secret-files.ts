import { credentialFile } from "../../../platform/names.ts";
import type { Dependency, Service } from "../../../platform/service.ts";
import { DATABASE_REPLICAS, DATABASE_URL } from "../database/contract.ts";
import { REDIS_URL } from "../executions/contract.ts";

/** A file that a program reads in the folder of its secrets. */
export interface SecretFile {
  readonly name: string;
  /** The program does not start without it. */
  readonly required: boolean;
}

/** By kind of dependency. */
const ofDependency: Readonly<Record<Dependency["kind"], readonly SecretFile[]>> = {
  database: [{ name: DATABASE_URL, required: true }],
  queue: [{ name: REDIS_URL, required: false }],
  service: [],
  models: [],
  oidc: [],
};

/** Every secret file that the program of a service reads; settings let it read no other. */
export function secretFiles(
  { uses, secrets }: Pick<Service, "uses" | "secrets">,
  models: readonly { readonly credential?: string | undefined }[],
): SecretFile[] {
  const credentials = uses.some(({ kind }) => kind === "models")
    ? models.flatMap(({ credential }) => (credential === undefined ? [] : [credentialFile(credential)]))
    : [];
  return [
    ...uses.flatMap(({ kind }) => ofDependency[kind]),
    ...(uses.some((use) => use.kind === "database" && use.readsReplicas)
      ? [{ name: DATABASE_REPLICAS, required: false }]
      : []),
    ...[...secrets.map(({ name }) => name), ...credentials].map((name) => ({ name, required: true })),
  ];
}
