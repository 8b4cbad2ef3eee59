import { spawn } from "node:child_process";
import { once } from "node:events";
import { mkdtempSync, readFileSync, rmSync, writeFileSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { afterAll, beforeAll, describe, expect, test, vi } from "vitest";
import { drainPool } from "../../cli/pools.ts";
import { parseEnvironment } from "../../platform/read-environment.ts";
import { RETIRING_TAINT } from "../../platform/pools.ts";
import type { NodeGroup } from "../../plan/model/nodes.ts";
import { descriptors, environmentSource, root } from "../environments.ts";
import { freshPlan, planOf } from "../plans.ts";
import { eventually, type KubeObject } from "./client.ts";
import { type Cluster, nodeOf, startCluster } from "./cluster.ts";
import { promised, type RunningServices, runServices } from "./running-services.ts";

const COMMENT = "# Reviewed by the platform team";
const NODES = "/api/v1/nodes";
const DEFAULT = "/api/v1/namespaces/default";
const generationOf = ({ labels }: NodeGroup): string | undefined => labels["generation"];

describe.each([
  ["production", { needs: { vcpu: 4, memory: "16Gi" }, nodes: { min: 3, max: 20 }, spot: true }],
  ["production-lke", { type: "g6-standard-8", nodes: { min: 3, max: 10 } }],
])("promptops pools drain application on the plan of %s", (name, retiring) => {
  const change = { "pools.application.generation": 2, "pools.application.retiring": retiring };
  let cluster: Cluster;
  let services: RunningServices;
  let folder: string;

  const drainOnce = (): Promise<number> =>
    drainPool({ folder, pool: "application", environment: name, context: "test" });
  const file = (): string => join(folder, `Pulumi.${name}.yaml`);

  /** As `pulumi up` does: taints the old nodes, and adds those of the next generation. */
  async function changeGeneration(groups: readonly NodeGroup[]): Promise<void> {
    const old = await cluster.client.list(`${NODES}?labelSelector=workload=application`);
    for (const { metadata, spec } of old)
      await cluster.client.merge(`${NODES}/${metadata.name}`, {
        spec: { taints: [...((spec?.taints ?? []) as object[]), RETIRING_TAINT] },
      });
    const nodes = groups
      .filter((group) => group.pool === "application" && generationOf(group) === "2")
      .flatMap((group) => Array.from({ length: group.min }, (_, index) => nodeOf(group, 100 + index)));
    for (const node of nodes) await cluster.client.call(NODES, { method: "POST", body: node });
    await eventually("the next generation to be ready", async () => {
      const ready = (await cluster.client.list(`${NODES}?labelSelector=generation=2`)).filter(isReady);
      return ready.length === nodes.length || undefined;
    });
  }

  beforeAll(async () => {
    const [before, during] = [await planOf(name), await freshPlan(name, change)];
    cluster = await startCluster();
    services = await runServices(cluster, before);
    folder = mkdtempSync(join(tmpdir(), "promptops-pools-"));
    writeFileSync(file(), `${COMMENT}\n${environmentSource(name)}`);
    vi.stubEnv("KUBECONFIG", cluster.kubeconfig);
    await expect(drainOnce()).rejects.toThrow("No generation of pool 'application' retires");
    writeFileSync(file(), `${COMMENT}\n${environmentSource(name, change)}`);
    await expect(drainOnce()).rejects.toThrow("No node of pool 'application', generation 2, is ready in this cluster");
    expect((await cluster.client.list(NODES)).filter(({ spec }) => spec?.unschedulable)).toEqual([]);
    await changeGeneration(during.nodeGroups);
  });
  afterAll(async () => {
    vi.unstubAllEnvs();
    rmSync(folder, { recursive: true, force: true });
    await cluster.stop();
  });

  /** A pod on the first of the old nodes, which no controller here moves or deletes. */
  async function placePod(name: string, request: string, owned: boolean): Promise<void> {
    const [node] = await cluster.client.list(`${NODES}?labelSelector=workload=application,generation=1`);
    const { body: owner } = await cluster.client.call(`${DEFAULT}/configmaps/kube-root-ca.crt`);
    const reference = { ...{ apiVersion: "v1", kind: "ConfigMap", name: owner.metadata.name }, controller: true };
    const uid = (owner.metadata as { uid?: string }).uid;
    await cluster.apply([
      {
        ...{ apiVersion: "v1", kind: "Pod" },
        metadata: {
          ...{ name, namespace: "default", labels: { app: name } },
          ...(owned && { ownerReferences: [{ ...reference, uid }] }),
        },
        spec: {
          nodeName: node?.metadata.name,
          containers: [{ name: "main", image: "example.com/main:1", resources: { requests: { cpu: request } } }],
        },
      },
    ]);
  }

  async function removePod(name: string): Promise<void> {
    await cluster.client.call(`${DEFAULT}/pods/${name}?gracePeriodSeconds=0`, { method: "DELETE" });
  }

  test("touches nothing when a pod would not be started again, or has no room", async () => {
    await placePod("bare", "10m", false);
    await expect(drainOnce()).rejects.toThrow("default/bare has no controller, so nothing would start it again");
    await removePod("bare");
    await placePod("giant", "9999", true);
    await expect(drainOnce()).rejects.toThrow(
      /generation 2, has no room at \d+ nodes: cpu of 1\d{4}.* Raise 'nodes.max'/,
    );
    await removePod("giant");
    expect((await cluster.client.list(NODES)).filter(({ spec }) => spec?.unschedulable)).toEqual([]);
  });

  test("moves every pod within its budget, and records the nodes in the file, comments kept", async () => {
    const plan = await planOf(name);
    const fewest = await services.fewestDuring(async () => {
      expect(await drainOnce()).toBe(0);
    });
    for (const service of services.names)
      expect(fewest[service], service).toBeGreaterThanOrEqual(promised(plan, service, 2));
    const old = (await cluster.client.list(`${NODES}?labelSelector=workload=application,generation=1`)).map(
      ({ metadata }) => metadata.name,
    );
    expect(old.length).toBeGreaterThan(2);
    const pods = await cluster.client.list("/api/v1/pods");
    const left = pods.filter(({ spec }) => old.includes(spec?.nodeName as string));
    expect(left.every(({ metadata }) => isOfDaemonSet(metadata))).toBe(true);
    const text = readFileSync(file(), "utf8");
    expect(text).toContain(COMMENT);
    const { drained } = parseEnvironment(text, name, descriptors).pools["application"] ?? {};
    expect(drained?.generation).toBe(1);
    expect(drained?.nodes).toEqual(old.toSorted());
    expect(Date.parse(drained?.at ?? "")).not.toBeNaN();
    await expect(drainOnce()).rejects.toThrow(/was drained at .* Remove 'retiring'/);
  });

  test("stops at Ctrl-C while a budget holds it up, and records nothing", async () => {
    await placePod("held", "10m", true);
    const budget = { selector: { matchLabels: { app: "held" } }, minAvailable: 1 };
    const metadata = { name: "held", namespace: "default" };
    await cluster.apply([{ apiVersion: "policy/v1", kind: "PodDisruptionBudget", metadata, spec: budget }]);
    const before = environmentSource(name, change);
    writeFileSync(file(), before);
    const args = ["pools", "drain", "application", "--environment", name, "--context", "test"];
    const command = spawn(process.execPath, [join(root, "cli", "promptops.js"), ...args], { cwd: folder });
    const said: string[] = [];
    command.stderr.setEncoding("utf8").on("data", (text: string) => {
      said.push(text);
      if (text.includes(" left on ") && !command.killed) command.kill("SIGINT");
    });
    expect(await once(command, "close"), said.join("")).toEqual([1, null]);
    expect(said.join("")).toContain("Stopped. The nodes stay cordoned, and nothing is recorded.");
    expect(readFileSync(file(), "utf8")).toBe(before);
  });
});

const isReady = ({ status }: KubeObject): boolean =>
  ((status?.conditions ?? []) as { type: string; status: string }[]).some(
    ({ type, status: value }) => type === "Ready" && value === "True",
  );

const isOfDaemonSet = (metadata: object): boolean =>
  ((metadata as { ownerReferences?: { kind: string }[] }).ownerReferences ?? []).some(
    ({ kind }) => kind === "DaemonSet",
  );
