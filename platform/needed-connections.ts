import {
  type Connection,
  HTTPS_PORT,
  identityAgent,
  IDENTITY_AGENT,
  internet,
  type Pods,
  workloadPods,
} from "./connections.ts";
import { databaseServer, dependenciesOf, type Where } from "./dependencies.ts";
import type { AddedWorkload, Descriptors } from "./descriptors.ts";
import { factsOf } from "./clouds.ts";
import type { Environment } from "./environment.ts";
import { hostedModels, MODEL_PORT } from "./inference.ts";
import { type InstalledAddon, podsOf, providerOf } from "./installed-addons.ts";
import { DATABASE_ROLES, migrationJob, namespaces, tenantJob, weightsJob } from "./names.ts";
import { createsTenants, databaseOf, ownsDatabase, type Service } from "./service.ts";

/** Every connection that an environment needs, from descriptors alone. DNS, which everything needs, is not listed. */
export function neededConnections(
  environment: Environment,
  { services, workloads = [] }: Descriptors,
  installed: readonly InstalledAddon[],
): Connection[] {
  const where: Where = { environment, services, addons: installed.map(({ addon }) => addon) };
  const all = [
    ...services.flatMap((service) => serviceConnections(service, where)),
    ...jobConnections(where),
    ...modelConnections(where),
    ...installed.flatMap((each) => addonConnections(each, where)),
    ...workloads.flatMap((workload) => addedConnections(workload, where)),
  ];
  return [...new Map(all.map((connection) => [JSON.stringify(connection), connection])).values()];
}

const pods = (name: string): Pods => workloadPods(namespaces.application, name);

function serviceConnections(service: Service, where: Where): Connection[] {
  const { name, listens, exposed } = service;
  const from = pods(name);
  const gateway = providerOf(where.addons, "gateway");
  return [
    ...scrapedFrom(where, from, listens.metrics),
    ...(exposed && gateway && listens.http !== undefined ? [{ from: gateway.pods, to: from, port: listens.http }] : []),
    ...dependenciesOf(service, where).flatMap(({ connections }) =>
      connections.map(({ to, port }) => ({ from, to, port })),
    ),
  ];
}

function addedConnections(
  { namespace, name, metricsPort, connections = [] }: AddedWorkload,
  where: Where,
): Connection[] {
  const scraped = metricsPort === undefined ? [] : scrapedFrom(where, workloadPods(namespace, name), metricsPort);
  return [...scraped, ...connections];
}

/** Prometheus reads metrics, where there is one. */
function scrapedFrom({ addons }: Where, to: Pods, port: number): Connection[] {
  const prometheus = providerOf(addons, "metrics");
  return prometheus ? [{ from: prometheus.pods, to, port }] : [];
}

/** The job that creates roles, and those that migrate and create tenants. */
function jobConnections(where: Where): Connection[] {
  const users = where.services.filter((service) => databaseOf(service) !== undefined);
  const jobs = [
    ...(users.length > 0 ? [DATABASE_ROLES] : []),
    ...users.filter(ownsDatabase).map(migrationJob),
    ...users.filter(createsTenants).map(tenantJob),
  ];
  return jobs.map((job) => ({ from: pods(job), ...databaseServer(where) }));
}

/** Weights are fetched once into a shared volume, or by each server. */
function modelConnections(where: Where): Connection[] {
  const { sharedFiles } = factsOf(where.environment);
  return hostedModels(where.environment, where.addons).flatMap(({ name }) => {
    const server = workloadPods(namespaces.inference, name);
    const fetches = sharedFiles ? workloadPods(namespaces.inference, weightsJob(name)) : server;
    return [...scrapedFrom(where, server, MODEL_PORT), { from: fetches, to: internet, port: HTTPS_PORT }];
  });
}

function addonConnections({ addon, context }: InstalledAddon, where: Where): Connection[] {
  const { scraped = [], connections, rights } = addon;
  const identities = factsOf(where.environment).podIdentity ? (rights?.(context) ?? []) : [];
  return [
    ...(connections?.(context) ?? []),
    ...scraped.flatMap(({ group, port }) => scrapedFrom(where, podsOf(addon, group), port.number)),
    ...identities.map(({ group }) => ({ from: podsOf(addon, group), to: identityAgent, port: IDENTITY_AGENT.port })),
  ];
}
