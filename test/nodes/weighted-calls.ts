import { setTimeout as pause } from "node:timers/promises";
import { namespaces } from "../../platform/names.ts";
import { canaryName } from "../../k8s/constructs/canary.ts";
import type { Plan, PlannedObject } from "../../plan/model/plan.ts";
import type { Editable } from "../plans.ts";
import type { NodeCluster } from "./nodes.ts";
import { rolloutPath } from "./rollouts.ts";

/** Milliseconds between calls, and after which a call is given up. */
const PAUSE = 50;
const TIMEOUT = 10_000;

/**
 * A plan whose Rollouts put their weights on an Ingress that nobody serves, which Argo Rollouts does without a plug-in; the plug-in for
 * the gateway is a program that cannot be built here.
 */
export function withIngressWeights(plan: Plan): Plan {
  const objects = plan.objects.flatMap(({ path, manifest }): PlannedObject[] => {
    if (manifest.kind !== "Rollout") return [{ path, manifest }];
    const rollout = structuredClone(manifest) as Editable;
    const { canary } = rollout.spec.strategy;
    const { name, namespace, annotations } = rollout.metadata;
    canary.trafficRouting = { nginx: { stableIngress: name } };
    const service = { name: canary.stableService as string, port: { name: "http" } };
    const ingress = {
      apiVersion: "networking.k8s.io/v1",
      kind: "Ingress",
      metadata: { name, namespace, annotations },
      spec: {
        ingressClassName: "nginx",
        rules: [{ http: { paths: [{ path: "/", pathType: "Prefix", backend: { service } }] } }],
      },
    };
    return [ingress, rollout].map((each) => ({ path, manifest: each as PlannedObject["manifest"] }));
  });
  return { ...plan, objects };
}

/** How calls were answered: how many per Service and status. */
export type Statuses = Readonly<Record<string, number>>;

/**
 * Calls a path of a service, twenty times a second and each time on a connection of its own, until it is stopped. The new version's
 * Service gets the share of calls that the Rollout says, as from a gateway.
 */
export async function startWeightedCalls(
  cluster: NodeCluster,
  { name, path, key }: { readonly name: string; readonly path: string; readonly key: string },
): Promise<() => Promise<Statuses>> {
  const services = [name, canaryName(name)] as const;
  const urls = await Promise.all(services.map((service) => urlOf(cluster, service)));
  const statuses: Record<string, number> = {};
  let [calling, owed] = [true, 0];
  const call = async (index: 0 | 1): Promise<void> => {
    const headers = { authorization: `Bearer ${key}`, connection: "close" };
    const status = await fetch(`${urls[index] ?? ""}${path}`, { headers, signal: AbortSignal.timeout(TIMEOUT) }).then(
      async (response) => response.arrayBuffer().then(() => response.status),
      () => "unanswered",
    );
    const outcome = `${services[index]} ${status}`;
    statuses[outcome] = (statuses[outcome] ?? 0) + 1;
  };
  const done = (async (): Promise<void> => {
    while (calling) {
      owed += await weightOf(cluster, name);
      const isNew = owed >= 100;
      if (isNew) owed -= 100;
      await Promise.all([call(isNew ? 1 : 0), pause(PAUSE)]);
    }
  })();
  return async () => {
    calling = false;
    await done;
    return statuses;
  };
}

/** The percentage of calls that the new version gets. */
async function weightOf({ client }: NodeCluster, name: string): Promise<number> {
  const { body } = await client.call(rolloutPath(name));
  return (body["status"]?.canary?.weights?.canary?.weight ?? 0) as number;
}

async function urlOf(cluster: NodeCluster, service: string): Promise<string> {
  const { body } = await cluster.client.call(`/api/v1/namespaces/${namespaces.application}/services/${service}`);
  const { clusterIP, ports } = body["spec"] as { clusterIP: string; ports: { name: string; port: number }[] };
  await cluster.enter(clusterIP);
  return `http://${clusterIP}:${ports.find(({ name }) => name === "http")?.port ?? ""}`;
}
