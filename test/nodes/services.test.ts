import { mkdtempSync, rmSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { afterAll, beforeAll, describe, expect, test } from "vitest";
import { namespaces } from "../../platform/names.ts";
import { eventually, type KubeObject } from "../cluster/client.ts";
import { drain } from "../cluster/running-services.ts";
import { planOf } from "../plans.ts";
import { type Tenant, textOf } from "../services/stack.ts";
import { answerTo } from "../../services/model-simulator/words.ts";
import { startCalls } from "./calls.ts";
import { type Followed, followThrough } from "./follow.ts";
import { keptConnections } from "./kept-connections.ts";
import { LASTING_NODE } from "./nodes.ts";
import { available, type NodePlatform, startPlatform } from "./platform.ts";

const namespace = namespaces.application;
const folder = mkdtempSync(join(tmpdir(), "promptops-images-"));
let platform: NodePlatform;
let tenant: Tenant;

beforeAll(async () => {
  platform = await startPlatform(await planOf("development"), folder);
  ({ tenant } = platform);
});
afterAll(async () => {
  await platform.cluster.stop();
  rmSync(folder, { recursive: true, force: true });
});

const podsOf = (name: string): Promise<KubeObject[]> =>
  platform.cluster.ready(namespace, `app.kubernetes.io/name=${name}`, { seconds: 120 });

/** Words in the answer of a prompt that takes longer than what happens meanwhile: the model says 50 a second. */
const LONG = 2000;
let prompts = 0;

/** Every event came once, in order, and the last attempt's text is the whole answer. */
function expectWhole({ events }: Followed): void {
  expect(events.map(({ seq }) => seq)).toEqual(events.map((_, index) => index + 1));
  expect(events.filter(({ type }) => /^job_(complete|failed|cancelled)$/.test(type)).map(({ type }) => type)).toEqual([
    "job_complete",
  ]);
  const last = events.at(-1)?.attempt;
  expect(textOf(events.filter(({ attempt }) => attempt === last))).toBe(answerTo("user: go on", LONG).join(""));
}

test("the jobs create databases and roles, migrate, and create a tenant, as rendered", async () => {
  expect(platform.jobLogs.get("database-roles")).toContain("database promptops_api: owned by promptops_api_owner");
  expect(platform.jobLogs.get("api-migrate")).toContain('"applied":["0001');
  expect((await tenant.call("GET", "/prompts")).status).toBe(200);
});

describe("the pods of services run as rendered", () => {
  test.each(["api", "worker", "egress-proxy", "analytics", "evaluator", "notifications", "model-simulator"])(
    "%s was never restarted, and answers its probes",
    async (name) => {
      for (const { status } of await podsOf(name)) {
        expect(status.containerStatuses).toEqual([
          expect.objectContaining({ restartCount: 0, ready: true, started: true }),
        ]);
      }
    },
  );

  test.each(["api", "worker", "egress-proxy", "analytics", "evaluator", "notifications", "model-simulator"])(
    "%s has no rights, and writes nothing but /tmp",
    async (name) => {
      const [pod] = await podsOf(name);
      const program = `
      const { accessSync, constants, existsSync, readFileSync, writeFileSync } = require("node:fs");
      const status = readFileSync("/proc/1/status", "utf8");
      const field = (key) => status.match(new RegExp(key + ":\\\\s+(\\\\S+)"))[1];
      const writes = (file) => { try { writeFileSync(file, ""); return "written"; } catch (error) { return error.code; } };
      console.log(JSON.stringify({
        user: field("Uid"), capabilities: field("CapBnd"), escalation: field("NoNewPrivs"), filter: field("Seccomp"),
        root: writes("/app/x"), tmp: writes("/tmp/x"), token: existsSync("/var/run/secrets/kubernetes.io"),
      }));`;
      const said = await platform.cluster.exec({ namespace, name: pod?.metadata.name ?? "" }, "node", "-e", program);
      expect(JSON.parse(said)).toEqual({
        ...{ user: "1000", capabilities: "0000000000000000", escalation: "1", filter: "2" },
        ...{ root: "EROFS", tmp: "written", token: false },
      });
    },
  );
});

test("a prompt is executed, and followed", async () => {
  const followed = await followThrough(
    platform,
    tenant.key,
    await tenant.execute(await tenant.prompt("echo"), "hello"),
  );
  expect(textOf(followed.events)).toBe(answerTo("user: hello", 32).join(""));
});

test("kept connections are answered while an API pod ends: none is reset, and none gets a 503", async () => {
  const pods = await podsOf("api");
  const { answers, errors } = await keptConnections(`${platform.url}/prompts?limit=1`, tenant.key, async () => {
    const held = await Promise.all(pods.map(connectionsOf));
    const most = pods[held.indexOf(Math.max(...held))];
    const path = `/api/v1/namespaces/${namespace}/pods/${most?.metadata.name ?? ""}`;
    await platform.cluster.client.call(path, { method: "DELETE" });
    await gone(path);
  });
  expect(errors).toEqual([]);
  expect([...answers.keys()].toSorted()).toEqual(["200 close", "200 keep-alive"]);
});

/** Connections that a pod of the API has taken and not closed. */
async function connectionsOf({ metadata }: KubeObject): Promise<number> {
  const program = `console.log(require("node:fs").readFileSync("/proc/net/tcp", "utf8").match(/:1F90 \\S+ 01/g)?.length ?? 0)`;
  return Number(await platform.cluster.exec({ namespace, name: metadata.name }, "node", "-e", program));
}

async function gone(path: string): Promise<void> {
  while ((await platform.cluster.client.call(path)).status !== 404)
    await new Promise((resolve) => setTimeout(resolve, 200));
}

/** Gives a Deployment so many pods. New ones come to the node alone. */
async function scale(name: string, replicas: number, node = LASTING_NODE): Promise<void> {
  const { client, nodes } = platform.cluster;
  const others = nodes.map((each) => each.name).filter((each) => each !== node);
  const cordon = (unschedulable: boolean): Promise<unknown> =>
    Promise.all(others.map((each) => client.merge(`/api/v1/nodes/${each}`, { spec: { unschedulable } })));
  await cordon(true);
  await client.merge(`/apis/apps/v1/namespaces/${namespace}/deployments/${name}`, { spec: { replicas } });
  await available(platform.cluster, name);
  await cordon(false);
}

/** Starts a long execution and follows it; resolves when a worker has it. */
async function startLong(): Promise<{ readonly followed: Promise<Followed> }> {
  const prompt = await tenant.prompt(`long-${++prompts}`, { parameters: { max_tokens: LONG } });
  const execution = await tenant.execute(prompt, "go on");
  return new Promise((resolve) => {
    const followed = followThrough(platform, tenant.key, execution, () => resolve({ followed }));
  });
}

describe("an execution ends once, and its follower gets every event once", () => {
  test("while the API rolls and the node of a worker is drained", async () => {
    await scale("worker", 0);
    await scale("worker", 1, "node-2");
    const { followed } = await startLong();
    const { client } = platform.cluster;
    const template = { metadata: { annotations: { "test.promptops.io/roll": "1" } } };
    await client.merge(`/apis/apps/v1/namespaces/${namespace}/deployments/api`, { spec: { template } });
    await drain(platform.cluster, "node-2");
    await client.merge("/api/v1/nodes/node-2", { spec: { unschedulable: false } });
    expectWhole(await followed);
    console.log(`while the API rolls and a node is drained: ${(await followed).connections} connections`);
    await available(platform.cluster, "api");
  });

  test("while the node of its worker loses power", async () => {
    // The model has one replica: it must outlive the node.
    for (const name of ["model-simulator", "worker"]) await scale(name, 0);
    await scale("model-simulator", 1);
    await scale("worker", 1, "node-3");
    const { followed } = await startLong();
    await scale("worker", 2);
    const calls = startCalls(`${platform.url}/health/live`);
    const lost = platform.cluster.nodes.find(({ name }) => name === "node-3");
    await lost?.kill();
    const { events } = await followed;
    expectWhole(await followed);
    expect(events.at(-1)?.attempt).toBeGreaterThan(1);
    await eventually("the API to have no endpoint on the lost node", () => isUnused("node-3"), { seconds: 180 });
    // kube-proxy hears of it a moment later.
    await eventually("calls to be answered again", () => Promise.resolve(calls.inARow() > IN_A_ROW || undefined));
    console.log(`while a node is lost: ${await calls.stop()}`);
  });
});

const IN_A_ROW = 20;

/** True once a node has no endpoint that the API's Service sends to. */
async function isUnused(node: string): Promise<true | undefined> {
  const path = `/apis/discovery.k8s.io/v1/namespaces/${namespace}/endpointslices?labelSelector=kubernetes.io/service-name=api`;
  const endpoints = (await platform.cluster.client.list(path)).flatMap(
    (slice) => (slice["endpoints"] ?? []) as Endpoint[],
  );
  return endpoints.every(({ nodeName, conditions }) => nodeName !== node || conditions.ready === false) || undefined;
}

interface Endpoint {
  readonly nodeName: string;
  readonly conditions: { readonly ready?: boolean };
}
