import { backupTiers, recoveryPointMinutes } from "../platform/backup-tiers.ts";
import { DEFAULT_RECOVERY_DAYS } from "../platform/database.ts";
import { factsOf } from "../platform/clouds.ts";
import { type Descriptors } from "../platform/descriptors.ts";
import type { Environment } from "../platform/environment.ts";
import { DRAIN_SECONDS, hostedModels } from "../platform/inference.ts";
import { controlPlaneOf, type InstalledAddon } from "../platform/installed-addons.ts";
import { migrationJob, namespaces, tenantJob } from "../platform/names.ts";
import { podSecurityLevels } from "../platform/pod-security.ts";
import { neededConnections } from "../platform/needed-connections.ts";
import { secretLedger } from "../platform/secret-ledger.ts";
import {
  type Commands,
  connectionsOf,
  createsTenants,
  databaseOf,
  ownsDatabase,
  portsOf,
  type Service,
} from "../platform/service.ts";
import { programsOf } from "../services/shared/runtime/program.ts";
import type { Plan } from "./model/plan.ts";
import { declaredCloud } from "./declared.ts";
import { bytes } from "../platform/quantity.ts";

/** What the descriptors ask for in an environment. */
export function expectedBy(
  environment: Environment,
  descriptors: Descriptors,
  installed: readonly InstalledAddon[],
): Plan["expected"] {
  const { services, workloads = [] } = descriptors;
  return {
    cloud: declaredCloud({ environment, services, installed }),
    secrets: secretLedger(environment, descriptors, installed),
    connections: neededConnections(environment, descriptors, installed),
    controlPlane: controlPlaneOf(
      environment,
      installed.map(({ addon }) => addon),
    ),
    metrics: [...services, ...workloads].flatMap(({ name, metrics = [] }) =>
      metrics.map((metric) => ({ service: name, metric })),
    ),
    listens: services.flatMap((service) =>
      portsOf(service).map(([name, port]) => ({ workload: service.name, name, port })),
    ),
    bodies: services.flatMap(({ name, exposed }) =>
      exposed ? [{ service: name, bytes: bytes(exposed.maxBody) }] : [],
    ),
    objectives: services.flatMap(({ name, objectives = [] }) =>
      objectives.map((objective) => ({ service: name, objective })),
    ),
    namespaces: [...podSecurityLevels(environment, installed)].map(([name, podSecurity]) => ({ name, podSecurity })),
    added: workloads.map(({ name }) => name),
    quotas: workloads.length > 0 ? [] : [namespaces.application],
    backups: factsOf(environment).objectStorage === false ? [] : backupTiers,
    recoveryPoints: factsOf(environment).objectStorage === false ? undefined : recoveryPointMinutes,
    budget: environment.budget?.monthly,
    recoveryDays: environment.database.pointInTimeRecoveryDays ?? DEFAULT_RECOVERY_DAYS,
    drains: [
      ...services.map(({ name, drain }) => ({ workload: name, seconds: drain })),
      ...hostedModels(
        environment,
        installed.map(({ addon }) => addon),
      ).map(({ name }) => ({ workload: name, seconds: DRAIN_SECONDS })),
    ],
    programs: expectedPrograms(services),
    onDemand: services.filter(createsTenants).map(tenantJob),
    databaseUsers: services
      .filter((service) => databaseOf(service) !== undefined)
      .flatMap((service) => [
        { workload: service.name, connections: connectionsOf(service) },
        ...(ownsDatabase(service) ? [{ workload: migrationJob(service), connections: 1 }] : []),
        ...(createsTenants(service) ? [{ workload: tenantJob(service), connections: 1 }] : []),
      ]),
  };
}

/** The programs of services, each with the workload that runs it. */
export const expectedPrograms = (services: readonly Service[]): Plan["expected"]["programs"] =>
  services.flatMap((service) =>
    programsOf(service).map((program) => ({ ...program, workload: workloadOf(service)[program.command] })),
  );

/** The workload that runs each command of a service's image. */
const workloadOf = (service: Service): Readonly<Record<keyof Commands, string>> => ({
  serve: service.name,
  migrate: migrationJob(service),
  createTenant: tenantJob(service),
});
