import { type Descriptors, descriptorsIn } from "../platform/descriptors.ts";
import type { Environment } from "../platform/environment.ts";
import { type InstalledAddon, installedAddons, providerOf } from "../platform/installed-addons.ts";
import { secretLedger } from "../platform/secret-ledger.ts";
import type { Service } from "../platform/service.ts";
import type { StoredSecret } from "../platform/secrets.ts";
import type { DatabaseServer } from "./secrets.ts";

/** What infra creates in a cloud: an environment, its add-ons and its secrets. */
export interface Description<On extends Environment = Environment> {
  readonly environment: On;
  readonly installed: readonly InstalledAddon[];
  readonly ledger: readonly StoredSecret[];
  readonly services: readonly Service[];
}

export function describe(environment: Environment, all: Descriptors): Description {
  const descriptors = descriptorsIn(environment, all);
  const installed = installedAddons(environment, descriptors);
  return {
    environment,
    installed,
    ledger: secretLedger(environment, descriptors, installed),
    services: descriptors.services,
  };
}

/** The Postgres server that an add-on runs in the cluster. */
export function inClusterServer({ installed }: Pick<Description, "installed">): DatabaseServer {
  const provider = providerOf(
    installed.map(({ addon }) => addon),
    "postgres",
  );
  if (!provider) throw new Error("Postgres runs in the cluster, and no add-on provides it.");
  return { endpoint: provider.host, port: provider.port };
}
