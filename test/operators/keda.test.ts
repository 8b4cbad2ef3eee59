import { mkdtempSync, rmSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { afterAll, beforeAll, describe, expect, test } from "vitest";
import { keda } from "../../addons/keda/addon.ts";
import { imageOf, namespaces } from "../../platform/names.ts";
import type { Plan } from "../../plan/model/plan.ts";
import { eventually, type KubeObject } from "../cluster/client.ts";
import { environment } from "../environments.ts";
import { available, type NodePlatform, startPlatform } from "../nodes/platform.ts";
import { packPrometheus } from "../nodes/prometheus.ts";
import { Queries } from "../nodes/queries.ts";
import { shorter } from "../nodes/shorter.ts";
import { type Editable, freshPlan } from "../plans.ts";
import { packKeda } from "./keda.ts";

const namespace = namespaces.application;
const FACTOR = 10;
/** One execution at a time: all others wait, for as long as a test needs. */
const CHANGES = { addons: { keda: {} }, models: [{ name: "simulated", service: "model-simulator", concurrency: 1 }] };
/** More than two workers are to have waiting, of the plan's ten each. */
const WAITING = 40;
/** A minute and more for each. */
const LONG = 4000;
const folder = mkdtempSync(join(tmpdir(), "promptops-images-"));
let plan: Plan;
let platform: NodePlatform;
let queries: Queries;
const executions: string[] = [];

beforeAll(async () => {
  plan = shorter(await freshPlan("development", CHANGES), FACTOR);
  platform = await startPlatform(plan, folder, [await packPrometheus(folder, plan), await packKeda(folder, plan)]);
  queries = await Queries.start(platform.cluster, imageOf(environment("development"), "api"));
});
afterAll(async () => {
  await platform.cluster.stop();
  rmSync(folder, { recursive: true, force: true });
});

const scaledObject = async (): Promise<KubeObject> =>
  (await platform.cluster.client.call(`/apis/keda.sh/v1alpha1/namespaces/${namespace}/scaledobjects/worker`)).body;

const bounds = async (): Promise<{ min: number; max: number }> => {
  const { minReplicaCount, maxReplicaCount } = (await scaledObject())["spec"];
  return { min: minReplicaCount as number, max: maxReplicaCount as number };
};

const replicas = async (): Promise<number> => {
  const { body } = await platform.cluster.client.call(`/apis/apps/v1/namespaces/${namespace}/deployments/worker`);
  return body["spec"].replicas as number;
};

/** What KEDA and the autoscaler that it made say. */
async function explain(): Promise<string> {
  const path = `/apis/autoscaling/v2/namespaces/${namespace}/horizontalpodautoscalers/keda-hpa-worker`;
  const { body } = await platform.cluster.client.call(path);
  return JSON.stringify([(await scaledObject())["status"], body["status"]]);
}

const scaledTo = (wanted: number): Promise<true> =>
  eventually(`${wanted} workers`, async () => (await replicas()) === wanted || undefined, { seconds: 300, explain });

const fallback = (wanted: "True" | "False"): Promise<true> =>
  eventually(
    `the condition Fallback to be ${wanted}`,
    async () => {
      const conditions = (await scaledObject())["status"]?.conditions as { type: string; status: string }[];
      return conditions.some(({ type, status }) => type === "Fallback" && status === wanted) || undefined;
    },
    { seconds: 300, explain },
  );

/** The longest queue of the last minute. */
async function longestQueue(): Promise<number> {
  const series = `promptops_queue_depth{namespace="${namespace}",job="worker",queue="executions"}`;
  const query = encodeURIComponent(`max(max_over_time(${series}[1m]))`);
  const { result } = (await queries.get(`query?query=${query}`)) as { result: { value: [number, string] }[] };
  return Number(result[0]?.value[1]);
}

describe("KEDA scales workers by the queue that Prometheus has measured", () => {
  test("an empty queue keeps the minimum", async () => {
    await scaledTo((await bounds()).min);
    await fallback("False");
  });

  test("a queue that fills brings workers, up to the maximum", async () => {
    const { tenant, cluster } = platform;
    const prompt = await tenant.prompt("long", { parameters: { max_tokens: LONG } });
    for (let count = 0; count < WAITING; count++) executions.push(await tenant.execute(prompt, "go on"));
    await scaledTo((await bounds()).max);
    await available(cluster, "worker");
  });

  test("without Prometheus the replicas stay, though the queue is empty; with it they fall to the minimum", async () => {
    const { cluster, tenant } = platform;
    await cluster.apply([withoutKeda(policyOfPrometheus())]);
    await cutConnections();
    await fallback("True");
    for (const id of executions) await tenant.call("POST", `/executions/${id}/cancel`);
    await eventually("a minute without a queue", async () => (await longestQueue()) === 0 || undefined, {
      seconds: 300,
    });
    const { min, max } = await bounds();
    expect(await replicas()).toBe(max);
    await fallback("True");
    await cluster.apply([policyOfPrometheus()]);
    await fallback("False");
    await scaledTo(min);
  });
});

function policyOfPrometheus(): KubeObject {
  const found = plan.objects.find(
    ({ manifest: { kind, metadata } }) => kind === "NetworkPolicy" && metadata.name === "prometheus",
  );
  if (!found) throw new Error("The plan has no policy for Prometheus.");
  return found.manifest;
}

/** The policy without the rules that let KEDA in. */
function withoutKeda(policy: KubeObject): KubeObject {
  const changed = structuredClone(policy) as Editable;
  for (const rule of changed.spec.ingress)
    rule.from = rule.from.filter((peer: Editable) => !JSON.stringify(peer).includes(`"${keda.namespace.name}"`));
  changed.spec.ingress = changed.spec.ingress.filter((rule: Editable) => rule.from.length > 0);
  return changed;
}

/** A policy judges new connections: those to Prometheus that are open are made new. */
async function cutConnections(): Promise<void> {
  for (const { space } of platform.cluster.nodes)
    // It fails where there is none.
    await space.run("conntrack", "--delete", "--proto", "tcp", "--dport", "9090").catch(() => undefined);
}
