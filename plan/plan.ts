import { declaredConnections } from "../platform/declared-connections.ts";
import { declaredSecrets } from "../platform/declared-secrets.ts";
import type { Environment } from "../platform/environment.ts";
import { degradations } from "../platform/degradations.ts";
import { DRAIN_SECONDS, hostedModels } from "../platform/inference.ts";
import { databaseOf, portsOf, type Service } from "../platform/service.ts";
import { program } from "../infra/index.ts";
import { buildApp } from "../k8s/app.ts";
import { renderObjects } from "../k8s/render.ts";
import { controlPlaneAddressesOf, databaseAddressesOf } from "./model/addresses.ts";
import { claimsOf } from "./model/claims.ts";
import { nodeGroupsOf } from "./model/nodes.ts";
import { operatedPodsOf } from "./model/operated.ts";
import type { Plan, PlannedObject } from "./model/plan.ts";
import { podSourcesOf } from "./model/pods.ts";
import type { RecordedResource } from "./model/recorded.ts";
import { storedSecretsOf } from "./model/secrets.ts";
import { record } from "./record.ts";
import { requireUniqueObjects } from "./unique-objects.ts";

/** Runs both projections of an environment without a cloud. Call it for one environment at a time: see `record`. */
export async function planEnvironment(environment: Environment, services: readonly Service[]): Promise<Plan> {
  const resources = await record(environment.name, () => program(environment, services));
  const objects = renderObjects(buildApp(environment, services));
  requireUniqueObjects(resources, objects);
  return assemblePlan(environment, services, { resources, objects });
}

/** The model of what was recorded and rendered. */
export function assemblePlan(
  environment: Environment,
  services: readonly Service[],
  { resources, objects }: { resources: readonly RecordedResource[]; objects: readonly PlannedObject[] },
): Plan {
  return {
    environment: environment.name,
    cloud: environment.cloud,
    kubernetesVersion: environment.kubernetes.version,
    degradations: degradations(environment),
    resources,
    objects,
    nodeGroups: nodeGroupsOf(resources),
    podSources: podSourcesOf(objects.map(({ manifest }) => manifest)),
    claims: claimsOf(resources),
    operatedPods: operatedPodsOf(objects.map(({ manifest }) => manifest)),
    addresses: { databases: databaseAddressesOf(resources), controlPlane: controlPlaneAddressesOf(resources) },
    storedSecrets: storedSecretsOf(resources),
    wanted: wantedBy(environment, services),
  };
}

function wantedBy(environment: Environment, services: readonly Service[]): Plan["wanted"] {
  return {
    secrets: declaredSecrets(environment, services),
    connections: declaredConnections(environment, services),
    metrics: services.flatMap(({ name, metrics }) => metrics.map((metric) => ({ service: name, metric }))),
    listens: services.flatMap((service) =>
      portsOf(service).map(([name, port]) => ({ workload: service.name, name, port })),
    ),
    drains: [
      ...services.map(({ name, drain }) => ({ workload: name, seconds: drain })),
      ...hostedModels(environment).map(({ name }) => ({ workload: name, seconds: DRAIN_SECONDS })),
    ],
    databaseUsers: services.flatMap((service) => {
      const uses = databaseOf(service);
      return uses ? [{ workload: service.name, connections: uses.connections }] : [];
    }),
  };
}
