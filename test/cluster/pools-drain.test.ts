import { mkdtempSync, readFileSync, rmSync, writeFileSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { afterAll, beforeAll, describe, expect, test, vi } from "vitest";
import { drainPool } from "../../cli/pools.ts";
import { parseEnvironment } from "../../platform/read-environment.ts";
import { RETIRING_TAINT } from "../../platform/pools.ts";
import type { NodeGroup } from "../../plan/model/nodes.ts";
import { descriptors, environmentSource } from "../environments.ts";
import { freshPlan, planOf } from "../plans.ts";
import { eventually, type KubeObject } from "./client.ts";
import { type Cluster, nodeOf, startCluster } from "./cluster.ts";
import { promised, type RunningServices, runServices } from "./running-services.ts";

const COMMENT = "# Reviewed by the platform team";
const NODES = "/api/v1/nodes";
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
    const { drained } = parseEnvironment(text, name, descriptors).pools["application"]?.retiring ?? {};
    expect(drained?.nodes).toEqual(old.toSorted());
    expect(Date.parse(drained?.at ?? "")).not.toBeNaN();
    await expect(drainOnce()).rejects.toThrow(/was drained at .* Remove 'retiring'/);
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
