import { mkdirSync, rmSync } from "node:fs";
import { join } from "node:path";
import { isDeepStrictEqual } from "node:util";
import { afterAll, beforeAll, describe, expect, test } from "vitest";
import { WAVE } from "../../k8s/render.ts";
import type { Plan } from "../../plan/model/plan.ts";
import { writePlan } from "../../plan/write-plan.ts";
import { effectsOf } from "../../proofs/evaluation/effects.ts";
import { environment, environmentNames, services } from "../environments.ts";
import { type Editable, freshPlan, planOf } from "../plans.ts";
import {
  installArgoCd,
  type PlannedObjects,
  syncFolder,
  type SyncedObject,
  syncObjects,
  type SyncResult,
} from "./argo-cd.ts";
import { type Cluster, customResourceDefinitions, startCluster } from "./cluster.ts";
import { serveMetrics } from "./metrics-api.ts";
import { isPrerequisite } from "./stand-in-operators.ts";
import { runStandIns } from "./stand-ins.ts";

/** Argo CD's own controller code on what is committed to an environment's branch: see argo-sync/main.go. */
let cluster: Cluster;
let stopOthers: () => Promise<void>;

/** What Pulumi makes, and the operators that an environment assumes; nothing of what is rendered. */
async function startEmpty(plan: Plan): Promise<void> {
  const definitions = customResourceDefinitions();
  cluster = await startCluster(definitions.filter(isPrerequisite));
  await cluster.addNodes(plan.nodeGroups, ({ min }) => min);
  await installArgoCd(cluster, plan);
  const used = { cpu: 1, memory: 1 };
  const stopMetrics = await serveMetrics(cluster, { used: () => used, external: () => 0 });
  const stopStandIns = runStandIns(cluster.client, definitions);
  stopOthers = async () => {
    stopMetrics();
    await stopStandIns();
  };
}

async function stop(): Promise<void> {
  await stopOthers().finally(() => cluster.stop());
}

const nameOf = ({ kind, namespace, name }: Omit<SyncedObject, "status">): string =>
  [kind, namespace, name].filter(Boolean).join(" ");

const synced = ({ waves }: SyncResult, status: SyncedObject["status"]): string[] =>
  waves.flatMap(({ objects }) => objects.filter((each) => each.status === status).map(nameOf)).toSorted();

const namesOf = (objects: PlannedObjects): string[] =>
  objects.map(({ manifest }) => nameOf({ ...(manifest as Editable), ...(manifest as Editable).metadata })).toSorted();

function expectSuccess(result: SyncResult): void {
  const unhealthy = result.waves.flatMap(({ objects }) =>
    objects.filter(({ health = "Healthy" }) => health !== "Healthy"),
  );
  const { phase, message, conditions, syncStatus, outOfSync, health } = result;
  expect({ phase, message, conditions, syncStatus, outOfSync, health, unhealthy }).toEqual({
    phase: "Succeeded",
    message: "successfully synced (all tasks run)",
    conditions: [],
    syncStatus: "Synced",
    outOfSync: [],
    health: "Healthy",
    unhealthy: [],
  });
}

describe.each(environmentNames.filter((name) => name !== "production"))("%s", (name) => {
  beforeAll(async () => startEmpty(await planOf(name)));
  afterAll(stop);

  test("syncs into an empty cluster, and every object is applied", async () => {
    const { objects } = await planOf(name);
    const result = await syncObjects(cluster, objects);
    expectSuccess(result);
    expect(synced(result, "Synced")).toEqual(namesOf(objects));
  });
});

describe("production", () => {
  beforeAll(async () => startEmpty(await planOf("production")));
  afterAll(stop);

  /** What changes when an object's specification does, for each object that is not a hook. */
  async function revisions(objects: PlannedObjects): Promise<Map<string, unknown>> {
    const found = new Map<string, unknown>();
    for (const { path, manifest } of objects as readonly { path: string; manifest: Editable }[]) {
      if (manifest.metadata.annotations["argocd.argoproj.io/hook"]) continue;
      const { metadata, ...content } = (await cluster.client.call(await cluster.client.pathOf(manifest))).body;
      // Not every kind counts generations.
      found.set(path, metadata.generation ?? { ...content, status: undefined });
    }
    return found;
  }

  test("syncs into an empty cluster, and every object is applied", async () => {
    const { objects } = await planOf("production");
    const result = await syncObjects(cluster, objects);
    expectSuccess(result);
    expect(synced(result, "Synced")).toEqual(namesOf(objects));
  });

  test("does not change when it is synced again", async () => {
    const { objects } = await planOf("production");
    const before = await revisions(objects);
    expectSuccess(await syncObjects(cluster, objects));
    expect(await revisions(objects)).toEqual(before);
  });

  test("changes a service that is upgraded, and nothing else", async () => {
    const objects = structuredClone((await planOf("production")).objects) as Editable[];
    const before = await revisions(objects);
    const worker = objects.find(
      ({ manifest }) => manifest.kind === "Deployment" && manifest.metadata.name === "worker",
    );
    worker.manifest.spec.template.spec.containers[0].image = "ghcr.io/promptops/worker:v0.2.0";
    expectSuccess(await syncObjects(cluster, objects));
    const after = await revisions(objects);
    const changed = [...after]
      .filter(([path, value]) => !isDeepStrictEqual(value, before.get(path)))
      .map(([path]) => path);
    expect(changed).toEqual([worker.path]);
    const pods = await cluster.client.list(
      "/api/v1/namespaces/application/pods?labelSelector=app.kubernetes.io/name=worker",
    );
    const running = pods.filter(({ metadata }) => !("deletionTimestamp" in metadata));
    expect(new Set(running.map(({ spec }) => spec.containers[0].image as string))).toEqual(
      new Set(["ghcr.io/promptops/worker:v0.2.0"]),
    );
  });

  test("prunes a service that is removed, and keeps the rest", async () => {
    const { objects } = await planOf("production");
    const without = services.filter(({ name }) => name !== "worker");
    const { objects: kept } = await freshPlan("production", { "services.worker": undefined }, without);
    const paths = new Set(kept.map(({ path }) => path));
    const gone = objects.filter(({ path }) => !paths.has(path));
    expect(namesOf(gone)).toContain("Deployment application worker");
    const result = await syncObjects(cluster, kept);
    expectSuccess(result);
    expect(synced(result, "Pruned")).toEqual(namesOf(gone));
    expect(synced(result, "Synced")).toEqual(namesOf(kept));
    for (const { path, manifest } of gone) {
      const { status } = await cluster.client.call(await cluster.client.pathOf(manifest));
      expect(status, path).toBe(404);
    }
  });
});

describe("a sync of production that cannot succeed", () => {
  beforeAll(async () => startEmpty(await planOf("production")));
  afterAll(stop);

  /** A folder as `promptops plan` writes it, with one of the files that are no objects of the cluster. */
  async function syncPlanFolder(name: string, removed: string): Promise<SyncResult> {
    const folder = join(cluster.folder, "dist");
    mkdirSync(folder, { recursive: true });
    try {
      const plan = await planOf(name);
      await writePlan(folder, environment(name), plan, { findings: [], effects: effectsOf(plan) });
      rmSync(join(folder, removed), { force: true });
      return await syncFolder(cluster, folder);
    } finally {
      rmSync(folder, { recursive: true });
    }
  }

  test("is one of a folder that holds plan.json: the objects cannot be loaded", async () => {
    const { phase, message, waves } = await syncPlanFolder("production", "kind.yaml");
    expect(message).toMatch(/failed to generate manifest for source 1 of 1: Object 'Kind' is missing in '{/);
    expect({ phase, waves }).toEqual({ phase: "Error", waves: [] });
  });

  test("is one of a folder that holds kind.yaml: nothing is applied", async () => {
    const { phase, waves } = await syncPlanFolder("development", "plan.json");
    const tried = waves.flatMap(({ objects }) => objects);
    expect(tried.map(({ group, kind, status }) => `${group} ${kind} ${status}`)).toEqual([
      "kind.x-k8s.io Cluster SyncFailed",
    ]);
    expect(phase).toBe("Failed");
    const present = await cluster.client.list("/api/v1/namespaces");
    expect(present.map(({ metadata }) => metadata.name)).not.toContain("application");
  });

  test("is one whose Certificate comes before the Gateway: it waits forever", async () => {
    const { objects } = await planOf("production");
    const early = structuredClone(objects) as Editable[];
    for (const { manifest } of early) if (manifest.kind === "Certificate") manifest.metadata.annotations[WAVE] = "20";
    const result = await syncObjects(cluster, early);
    expect(result).toMatchObject({
      phase: "Running",
      stalled: true,
      message: "waiting for healthy state of cert-manager.io/Certificate/public-tls",
    });
    expect(result.waitingFor).toMatchObject([
      {
        kind: "Certificate",
        health: "Progressing",
        healthMessage: "Gateway gateway/public, which answers the challenge, is not programmed",
      },
    ]);
    expect(result.waves.at(-1)?.wave).toBe(20);
  });
});
