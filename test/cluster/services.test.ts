import { execFileSync } from "node:child_process";
import { chmodSync, mkdtempSync, readFileSync, rmSync } from "node:fs";
import { tmpdir } from "node:os";
import { dirname, join } from "node:path";
import type { FastifyInstance } from "fastify";
import { afterAll, beforeAll, describe, expect, test } from "vitest";
import { type EmbeddedPostgres, startEmbeddedPostgres } from "../../local/embedded-postgres.ts";
import { type DatabaseUrls, giveRoles } from "../../local/give-roles.ts";
import { addTenant } from "../../local/seed.ts";
import { databaseName, namespaces } from "../../platform/names.ts";
import { createKey } from "../../services/api/api-keys.ts";
import { createSimulator } from "../../services/model-simulator/simulator.ts";
import { answerTo } from "../../services/model-simulator/words.ts";
import { portOfServer } from "../../services/shared/runtime/probes.ts";
import { root, services } from "../environments.ts";
import type { Plan } from "../../plan/model/plan.ts";
import { planOf, remodel } from "../plans.ts";
import type { RunningContainer } from "../run-container.ts";
import { type Tenant, tenantWith, textOf } from "../services/stack.ts";
import { ensureKubectl } from "./binaries.ts";
import { eventually, type KubeObject } from "./client.ts";
import { asDeployment, type Cluster, lastingSources, startCluster } from "./cluster.ts";
import { podsOf, runPod } from "./kubelet.ts";

const namespace = namespaces.application;
const folder = mkdtempSync(join(tmpdir(), "promptops-test-"));
let cluster: Cluster;
let postgres: EmbeddedPostgres;
let simulator: FastifyInstance;
const containers = new Map<string, RunningContainer>();
const container = (name: string): RunningContainer => {
  const found = containers.get(name);
  if (!found) throw new Error(`${name} does not run`);
  return found;
};

/** The plan with its model's endpoint replaced by one of this process. */
function withModelAt(endpoint: string, plan: Plan): Plan {
  const text = JSON.stringify(plan.objects);
  const planned = /http:\/\/model-simulator\.[^"\\]+\/v1/g;
  if (!planned.test(text)) throw new Error("No object names the model's endpoint.");
  return remodel(plan, { objects: JSON.parse(text.replaceAll(planned, endpoint)) as Plan["objects"] });
}

beforeAll(async () => {
  chmodSync(folder, 0o711);
  simulator = createSimulator({ firstTokenMilliseconds: 5, tokenMilliseconds: 50 });
  await simulator.listen({ port: 0, host: "127.0.0.1" });
  postgres = await startEmbeddedPostgres({ folder: join(folder, "postgres"), durable: false });
  const urls = await giveRoles(postgres.url, services, "secret");

  const endpoint = `http://127.0.0.1:${portOfServer(simulator.server)}/v1`;
  const plan = withModelAt(endpoint, await planOf("development"));
  const objects = plan.objects.map(({ manifest }): KubeObject => manifest);
  cluster = await startCluster();
  await cluster.addNodes(plan.nodeGroups, ({ min }) => min);
  const kinds = ["Namespace", "ServiceAccount", "ConfigMap", "Service", "ExternalSecret", "CronJob"];
  await cluster.apply(objects.filter(({ kind }) => kinds.includes(kind)));
  for (const external of objects.filter(({ kind }) => kind === "ExternalSecret")) {
    await cluster.apply([secretOf(external, urls)]);
  }
  await cluster.apply(objects.filter(({ kind }) => kind === "Job"));
  for (const { object } of lastingSources(plan)) await cluster.apply([asDeployment(object, 1)]);
});
afterAll(async () => {
  for (const { process } of containers.values()) process.kill("SIGKILL");
  await cluster.stop();
  await simulator.close();
  await postgres.stop();
  rmSync(folder, { recursive: true, force: true });
});

/** What External Secrets makes of an ExternalSecret, with this machine's database behind it. */
function secretOf({ metadata, spec }: KubeObject, { serve, migrate, administer }: DatabaseUrls): KubeObject {
  const [, service = "", job = ""] = /^(.+)-(secrets|migrate|create-tenant)$/.exec(metadata.name) ?? [];
  const urls = { migrate, "create-tenant": administer }[job] ?? serve;
  const values = (spec.data as { secretKey: string }[]).map(({ secretKey }): [string, string] => [
    secretKey,
    secretKey === "database-url" ? (urls.get(service) ?? "") : "k".repeat(128),
  ]);
  return {
    apiVersion: "v1",
    kind: "Secret",
    metadata: { name: spec.target.name as string, namespace: metadata.namespace ?? "" },
    stringData: Object.fromEntries(values),
  };
}

/** Runs the commands of docs/how-to/first-tenant.md with kubectl, and then what the pod of the job would: the key, and what the job said. */
async function createTenant(job: string): Promise<{ readonly key: string; readonly said: string }> {
  const page = readFileSync(join(root, "docs/how-to/first-tenant.md"), "utf8");
  const commands = [...page.matchAll(/```sh\n([^`]+)```/g)].map(([, block = ""]) => block);
  const block = commands.find((each) => each.includes(`create job ${job} `)) ?? "";
  // What follows the creation waits for a kubelet.
  const [creation = ""] = block.split(/(?<![|\\])\n/);
  const makeKey = commands.find((each) => each.startsWith("KEY=")) ?? "";
  const kubectl = await ensureKubectl();
  const env = {
    PATH: `${dirname(kubectl)}:${process.env["PATH"] ?? ""}`,
    KUBECONFIG: cluster.kubeconfig,
    HOME: folder,
  };
  const script = `${makeKey}\n${creation} >&2\necho "$KEY"`;
  const key = execFileSync("bash", ["-euo", "pipefail", "-c", script], { env, encoding: "utf8", stdio: "pipe" }).trim();
  const path = `/api/v1/namespaces/${namespace}/pods?labelSelector=batch.kubernetes.io/job-name=${job}`;
  const pod = await eventually(`a pod of ${job}`, async () => (await cluster.client.list(path))[0]);
  const running = await runPod(cluster, pod);
  expect(await running.ended, running.output()).toBe(0);
  return { key, said: running.output().trimEnd() };
}

async function start(name: string): Promise<RunningContainer> {
  const [pod] = await podsOf(cluster, namespace, name);
  const running = await runPod(cluster, pod as KubeObject);
  containers.set(name, running);
  return running;
}

describe("as their pods run them", () => {
  test("the migration applies what is new, and ends", async () => {
    const job = await start("api-migrate");
    expect(await job.ended, job.output()).toBe(0);
    expect(job.output()).toContain('"applied":["0001');
  });

  test.each(["api", "worker", "egress-proxy", "analytics", "evaluator", "notifications"])(
    "%s starts with nothing but what its pod gives it, and answers its probes",
    async (name) => {
      const running = await start(name);
      await eventually(
        `${name} to be ready`,
        async () =>
          ((await running.probe("startupProbe")) === 200 && (await running.probe("readinessProbe")) === 200) ||
          undefined,
        { explain: () => Promise.resolve(running.output()) },
      );
      expect(await running.probe("livenessProbe")).toBe(200);
      const scraped = await fetch(`http://127.0.0.1:${running.port("metrics")}/metrics`);
      expect(scraped.status).toBe(200);
      const { used, limit } = await running.memory();
      expect(used).toBeLessThan(limit);
    },
  );

  test("an operator creates tenants with kubectl, once each, and their keys open the API", async () => {
    const { key, said } = await createTenant("first-tenant");
    expect(said).toMatch(/^Tenant 'default' \([-0-9a-f]{36}\) has its administrator's API key\.$/);
    const { key: other } = await createTenant("tenant-acme");
    const url = `http://127.0.0.1:${container("api").port("http")}`;
    for (const each of [key, other]) expect((await tenantWith(url, each).call("GET", "/prompts")).status).toBe(200);
    expect((await createTenant("limit-acme")).said).toMatch(
      / had an administrator's API key already\. Its limits were set\.$/,
    );
    expect((await tenantWith(url, other).call("GET", "/usage")).body.limits).toEqual({
      tokens: { soft: 8_000_000, hard: 10_000_000 },
      microUsd: { soft: null, hard: null },
    });
    expect((await tenantWith(url, createKey()).call("GET", "/prompts")).status).toBe(401);
    expect(other).not.toBe(key);
    await cluster.client.call(`/apis/batch/v1/namespaces/${namespace}/jobs/first-tenant?propagationPolicy=Background`, {
      method: "DELETE",
    });
    await eventually("the first job to be gone", async () => {
      const jobs = await cluster.client.list(`/apis/batch/v1/namespaces/${namespace}/jobs`);
      const path = `/api/v1/namespaces/${namespace}/pods?labelSelector=batch.kubernetes.io/job-name=first-tenant`;
      const left =
        jobs.some(({ metadata }) => metadata.name === "first-tenant") || (await cluster.client.list(path)).length > 0;
      return left ? undefined : true;
    });
    expect((await createTenant("first-tenant")).said).toMatch(
      /had an administrator's API key already\. Nothing was changed\.$/,
    );
  });

  test("a prompt is executed, and followed", async () => {
    const output = textOf(await (await tenant()).follow(await execute("hello")));
    expect(output).toBe(answerTo("user: hello", 32).join(""));
  });

  test("Postgres that is gone makes them unready and kills neither", async () => {
    await postgres.pause();
    for (const name of ["api", "worker"]) {
      expect(await container(name).probe("readinessProbe")).toBe(503);
      expect(await container(name).probe("livenessProbe")).toBe(200);
    }
    await postgres.resume();
    for (const name of ["api", "worker"]) {
      await eventually(
        `${name} to be ready again`,
        async () => (await container(name).probe("readinessProbe")) === 200 || undefined,
      );
    }
  });

  test("the worker that is stopped is unready while it drains, finishes what it has, and ends within its grace", async () => {
    // Longer than the pause before SIGTERM, so that there is something to drain.
    const fault = { kind: "slow_first_token", seconds: 8 };
    await simulator.inject({ method: "POST", url: "/faults", payload: fault });
    const id = await execute("last");
    await (await tenant()).follow(id, 0, ({ type }) => type === "job_started");
    const worker = container("worker");
    const terminated = worker.terminate();
    const statuses = new Set<number | undefined>();
    const probing = setInterval(() => void worker.probe("readinessProbe").then((status) => statuses.add(status)), 100);
    const { status, killed } = await terminated;
    clearInterval(probing);
    expect([status, killed], worker.output()).toEqual([0, false]);
    expect(statuses).toContain(503);
    const { body } = await (await tenant()).call("GET", `/executions/${id}`);
    expect(body).toMatchObject({ state: "succeeded", attempt: 1 });
  });

  test("the API that is stopped sends its WebSockets away, and ends within its grace", async () => {
    const api = container("api");
    const following = (await tenant()).follow(await execute("nobody takes it"));
    await new Promise((resolve) => setTimeout(resolve, 200));
    const { status, killed } = await api.terminate();
    expect([status, killed], api.output()).toEqual([0, false]);
    expect(await following).toEqual([]);
  });
});

let made: Promise<Tenant> | undefined;
function tenant(): Promise<Tenant> {
  made ??= (async () => {
    const key = createKey();
    await addTenant(postgres.url(databaseName({ name: "api" })), "one", key);
    return tenantWith(`http://127.0.0.1:${container("api").port("http")}`, key);
  })();
  return made;
}

let prompt: Promise<string> | undefined;
async function execute(text: string): Promise<string> {
  const caller = await tenant();
  prompt ??= caller.prompt("echo");
  return caller.execute(await prompt, text);
}
