import { namespaces } from "../../platform/names.ts";
import type { Plan } from "../../plan/model/plan.ts";
import { createKey, hashOf } from "../../services/api/api-keys.ts";
import { eventually, type KubeObject } from "../cluster/client.ts";
import { explainPods } from "../cluster/cluster.ts";
import { environment, services } from "../environments.ts";
import { type Tenant, tenantWith } from "../services/stack.ts";
import { packServices } from "./images.ts";
import { type NodeCluster, startNodes } from "./nodes.ts";
import { installOperator, type Operator } from "./operators.ts";
import { packPostgres, postgresObjects } from "./postgres.ts";
import { phaseOf } from "./rollouts.ts";
import { secretsOf } from "./secrets.ts";

const namespace = namespaces.application;

/** A plan's services on nodes, as rendered. */
export interface NodePlatform {
  readonly cluster: NodeCluster;
  /** Of the API, for this process: through the Service, from a node that enters for it. */
  readonly url: string;
  /** The first tenant, with its administrator's API key. */
  readonly tenant: Tenant;
  /** What the Job of this name has logged. It has succeeded. */
  readonly jobLogs: ReadonlyMap<string, string>;
}

/**
 * Starts nodes with the operators that a plan assumes, applies the plan in the order of its waves, and resolves when its services
 * are Ready.
 */
export async function startPlatform(
  plan: Plan,
  folder: string,
  operators: readonly Operator[] = [],
): Promise<NodePlatform> {
  const images = [
    ...(await packServices(folder, services, environment(plan.environment))),
    await packPostgres(folder, plan),
    ...operators.flatMap((each) => each.images),
  ];
  const cluster = await startNodes({ plan, images });
  try {
    for (const each of operators) await installOperator(cluster, each);
    return await deploy(cluster, plan, folder);
  } catch (error) {
    await cluster.stop();
    throw error;
  }
}

async function deploy(cluster: NodeCluster, plan: Plan, folder: string): Promise<NodePlatform> {
  const manifests = plan.objects.map(({ manifest }) => manifest as KubeObject);
  const jobs = manifests.filter(({ kind }) => kind === "Job");
  const beforeJobs = manifests.filter((each) => waveOf(each) < Math.min(...jobs.map(waveOf)));
  // The Pulumi program makes it.
  await cluster.apply([{ apiVersion: "v1", kind: "Namespace", metadata: { name: namespaces.argocd } }]);
  await cluster.apply(beforeJobs);
  await cluster.apply(
    secretsOf(
      manifests.filter(({ kind }) => kind === "ExternalSecret"),
      services,
    ),
  );
  await cluster.apply(postgresObjects(folder, plan));
  await cluster.ready(namespaces.data, "cnpg.io/cluster");
  const jobLogs = new Map<string, string>();
  const later = manifests.filter((each) => !beforeJobs.includes(each));
  for (const wave of [...new Set(later.map(waveOf))].toSorted((one, other) => one - other)) {
    const objects = later.filter((each) => waveOf(each) === wave);
    await cluster.apply(objects.toSorted((one, other) => Number(one.kind === "Job") - Number(other.kind === "Job")));
    for (const { kind, metadata } of objects) {
      if (kind === "Job") jobLogs.set(metadata.name, await succeeded(cluster, metadata.name));
    }
  }
  await scaledToMinimum(cluster, manifests);
  for (const { kind, metadata } of manifests) {
    if (kind === "Deployment") await available(cluster, metadata.name);
    if (kind === "Rollout") await phaseOf(cluster, metadata.name, "Healthy");
  }
  const url = await openApi(cluster);
  return { cluster, url, jobLogs, tenant: tenantWith(url, await createTenant(cluster, manifests)) };
}

const waveOf = ({ metadata }: KubeObject): number =>
  Number(metadata.annotations?.["argocd.argoproj.io/sync-wave"] ?? 0);

/** Resolves with the log of a Job when it has succeeded. */
async function succeeded(cluster: NodeCluster, name: string): Promise<string> {
  const { client } = cluster;
  const log = async (): Promise<string> => {
    const pods = await client.list(
      `/api/v1/namespaces/${namespace}/pods?labelSelector=batch.kubernetes.io/job-name=${name}`,
    );
    const last = pods.at(-1)?.metadata.name ?? "";
    return (await client.call(`/api/v1/namespaces/${namespace}/pods/${last}/log`)).body.message ?? "";
  };
  await eventually(
    `job ${name}`,
    async () => {
      const { body } = await client.call(`/apis/batch/v1/namespaces/${namespace}/jobs/${name}`);
      return body["status"]?.succeeded === 1 || undefined;
    },
    { seconds: 120, explain: async () => `${await explainPods(client)}\n${await log()}` },
  );
  return log();
}

/** Resolves when autoscalers have given their workloads the minimum of replicas, which they do without metrics. */
async function scaledToMinimum({ client }: NodeCluster, manifests: readonly KubeObject[]): Promise<void> {
  for (const { spec } of manifests.filter(({ kind }) => kind === "HorizontalPodAutoscaler")) {
    const { apiVersion, kind, name } = spec.scaleTargetRef as { apiVersion: string; kind: string; name: string };
    const path = await client.pathOf({ apiVersion, kind, metadata: { name, namespace } });
    await eventually(`${name} to have its minimum of replicas`, async () => {
      const { body } = await client.call(path);
      return body["spec"]?.replicas >= spec.minReplicas || undefined;
    });
  }
}

/** Resolves when a Deployment is rolled out: every pod is new, and available. */
export async function available({ client }: NodeCluster, name: string, seconds = 180): Promise<void> {
  await eventually(
    `deployment ${name}`,
    async () => {
      const { body } = await client.call(`/apis/apps/v1/namespaces/${namespace}/deployments/${name}`);
      const { metadata, spec, status } = body;
      const counts = [status?.updatedReplicas, status?.availableReplicas, status?.replicas];
      return (
        (status?.observedGeneration === metadata.generation && counts.every((count = 0) => count === spec.replicas)) ||
        undefined
      );
    },
    { seconds, explain: () => explainPods(client) },
  );
}

/** What a gateway is in other environments: a way in, and a policy that lets it in. */
async function openApi(cluster: NodeCluster): Promise<string> {
  const { body } = await cluster.client.call(`/api/v1/namespaces/${namespace}/services/api`);
  const { clusterIP, ports } = body["spec"] as { clusterIP: string; ports: { name: string; port: number }[] };
  const { port = 0 } = ports.find(({ name }) => name === "http") ?? {};
  const callers = await cluster.enter(clusterIP);
  await cluster.apply([
    {
      apiVersion: "networking.k8s.io/v1",
      kind: "NetworkPolicy",
      metadata: { name: "entrance-stand-in", namespace },
      spec: {
        podSelector: { matchLabels: { "app.kubernetes.io/name": "api" } },
        policyTypes: ["Ingress"],
        ingress: [
          {
            from: callers.map((address) => ({ ipBlock: { cidr: `${address}/32` } })),
            ports: [{ port, protocol: "TCP" }],
          },
        ],
      },
    },
  ]);
  const url = `http://${clusterIP}:${port}`;
  await eventually(
    "the API to answer",
    async () => (await fetch(`${url}/health/ready`, { signal: AbortSignal.timeout(2000) })).ok || undefined,
  );
  return url;
}

/** Creates the first tenant as docs/how-to/first-tenant.md says, and returns its API key, of which the cluster gets the hash alone. */
async function createTenant(cluster: NodeCluster, manifests: readonly KubeObject[]): Promise<string> {
  const name = "first-tenant";
  const cronJob = manifests.find(({ kind, metadata }) => kind === "CronJob" && metadata.name === "api-create-tenant");
  const spec = structuredClone(cronJob?.["spec"].jobTemplate.spec);
  const key = createKey();
  spec.template.spec.containers[0].env.push({ name: "PROMPTOPS_KEY_SHA256", value: hashOf(key).toString("hex") });
  await cluster.apply([{ apiVersion: "batch/v1", kind: "Job", metadata: { name, namespace }, spec }]);
  await succeeded(cluster, name);
  return key;
}
