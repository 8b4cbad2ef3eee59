import { readdirSync, readFileSync } from "node:fs";
import { createServer, type Server } from "node:http";
import { join } from "node:path";
import { afterAll, beforeAll, expect, test } from "vitest";
import { parse } from "yaml";
import { closePort, portOfServer } from "../../services/shared/runtime/probes.ts";
import { type Editable, planOf } from "../plans.ts";
import { ensureArgoRollouts } from "./binaries.ts";
import { eventually, type KubeObject } from "./client.ts";
import { type Cluster, startCluster } from "./cluster.ts";

/**
 * Argo Rollouts' own controller on the API's Rollout as it is rendered, but for the plug-in that moves the gateway's weights, which
 * is a program of its own, and for the pauses, which take seconds here. What Prometheus answers is the test's to say.
 */
const ROLLOUTS = "/apis/argoproj.io/v1alpha1/namespaces/application/rollouts";
const REPLICAS = 4;
let cluster: Cluster;
let prometheus: Server;
/** The share of errors that Prometheus answers with; null for a query that finds nothing. */
let ratio: string | null = "0";
const asked = new Set<string>();

beforeAll(async () => {
  const { controller, definitions } = await ensureArgoRollouts();
  prometheus = createServer((request, response) => {
    let body = "";
    request.on("data", (chunk: Buffer) => (body += chunk.toString()));
    request.on("end", () => {
      asked.add(new URLSearchParams(body || (request.url?.split("?")[1] ?? "")).get("query") ?? "");
      const result = ratio === null ? [] : [{ metric: {}, value: [Date.now() / 1000, ratio] }];
      response.setHeader("content-type", "application/json");
      response.end(JSON.stringify({ status: "success", data: { resultType: "vector", result } }));
    });
  });
  await new Promise<void>((resolve) => void prometheus.listen(0, "127.0.0.1", resolve));

  cluster = await startCluster();
  // The project's own definitions, all five: its controller waits for each.
  const files = readdirSync(definitions).filter((file) => file.endsWith("-crd.yaml"));
  await cluster.apply(files.map((file) => parse(readFileSync(join(definitions, file), "utf8")) as KubeObject));
  const plan = await planOf("production");
  await cluster.addNodes(plan.nodeGroups, ({ min }) => min);
  cluster.run(controller, "--leader-elect=false", "--metricsport=0", "--healthzPort=0");
  await cluster.apply(renderedFor(plan.objects.map(({ manifest }) => manifest)));
  await phase("Healthy");
});
afterAll(async () => {
  await cluster.stop();
  await closePort(prometheus);
});

function renderedFor(manifests: readonly { kind: string; metadata: { name: string } }[]): Editable[] {
  const ours = structuredClone(manifests).filter(
    ({ kind, metadata: { name } }) =>
      kind === "Namespace" ||
      kind === "ServiceAccount" ||
      (["Service", "Rollout", "AnalysisTemplate"].includes(kind) && name.startsWith("api")),
  ) as Editable[];
  const specs = (wanted: string): Editable[] => ours.filter(({ kind }) => kind === wanted).map(({ spec }) => spec);
  for (const spec of specs("Rollout")) {
    spec.replicas = REPLICAS;
    delete spec.strategy.canary.trafficRouting;
    for (const step of spec.strategy.canary.steps) if (step.pause) step.pause.duration = "1s";
  }
  for (const metric of specs("AnalysisTemplate").flatMap(({ metrics }) => metrics as Editable[])) {
    metric.interval = "1s";
    metric.provider.prometheus.address = `http://127.0.0.1:${portOfServer(prometheus)}`;
  }
  return ours;
}

const rollout = async (): Promise<Editable> => (await cluster.client.call(`${ROLLOUTS}/api`)).body;

const phase = (wanted: string): Promise<Editable> =>
  eventually(
    `the rollout to be ${wanted}`,
    async () => {
      const { status = {}, metadata } = await rollout();
      return status.phase === wanted && status.observedGeneration === String(metadata.generation) ? status : undefined;
    },
    { seconds: 120, explain: async () => JSON.stringify((await rollout()).status) },
  );

const release = (version: string): Promise<unknown> =>
  cluster.client.merge(`${ROLLOUTS}/api`, {
    spec: { template: { metadata: { annotations: { "test.promptops.io/version": version } } } },
  });

const versionsRunning = async (): Promise<string[]> => {
  const pods = await cluster.client.list("/api/v1/namespaces/application/pods");
  const there = pods.filter(({ metadata }) => !("deletionTimestamp" in metadata));
  return [...new Set(there.map(({ metadata }) => metadata.annotations?.["test.promptops.io/version"] ?? "first"))];
};

test("a new version that keeps its promises takes over, step by step", async () => {
  ratio = "0";
  await release("good");
  await phase("Progressing");
  const { stableRS, currentPodHash } = await phase("Healthy");
  expect(stableRS).toBe(currentPodHash);
  await eventually("the old version to be gone", async () => (await versionsRunning()).join() === "good" || undefined);
  const hashed = [...asked].filter((query) =>
    query.includes(`rollouts_pod_template_hash="${currentPodHash as string}"`),
  );
  expect(hashed.length, "all objectives were asked of the new version's pods alone").toBe(3);
});

test("one that breaks them is taken back, and nobody has to do anything", async () => {
  ratio = "0.5";
  await release("bad");
  const { abort, message } = await phase("Degraded");
  expect(abort).toBe(true);
  expect(message).toMatch(/metric "(availability|latency)" assessed Failed/i);
  await eventually(
    "the old version to serve alone",
    async () => (await versionsRunning()).join() === "good" || undefined,
    { seconds: 120 },
  );
});

test("one without traffic waits for a person: no verdict is none", async () => {
  ratio = null;
  await release("quiet");
  await eventually(
    "the rollout to be paused for want of a verdict",
    async () => {
      const { status = {} } = await rollout();
      const reasons = (status.pauseConditions ?? []).map(({ reason }: Editable) => reason as string);
      return (status.phase === "Paused" && reasons.includes("InconclusiveAnalysisRun")) || undefined;
    },
    { seconds: 120, explain: async () => JSON.stringify((await rollout()).status) },
  );
  expect((await versionsRunning()).toSorted()).toEqual(["good", "quiet"]);
});
