import { mkdtempSync, rmSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { afterAll, beforeAll, describe, expect, test } from "vitest";
import { imageOf, namespaces } from "../../platform/names.ts";
import type { Plan } from "../../plan/model/plan.ts";
import { eventually, type KubeObject, selectorOf } from "../cluster/client.ts";
import { environment, serviceCalled, services } from "../environments.ts";
import { type Editable, freshPlan } from "../plans.ts";
import { type NodePlatform, startPlatform } from "./platform.ts";
import { packPrometheus } from "./prometheus.ts";
import { Queries, type Target } from "./queries.ts";
import { packRelease } from "./releases.ts";
import { packRollouts, phaseOf, rolloutPath } from "./rollouts.ts";
import { shorter } from "./shorter.ts";
import { startWeightedCalls, withIngressWeights } from "./weighted-calls.ts";

const namespace = namespaces.application;
/** A canary as rendered takes twenty minutes. */
const FACTOR = 10;
const ADDONS = { istio: {}, "argo-rollouts": {} };
/** Latencies that a busy computer keeps: nothing here depends on its speed. */
const PATIENT = services.map((service) => ({
  ...service,
  ...(service.objectives && {
    objectives: service.objectives.map((each) => (each.kind === "latency" ? { ...each, within: 10 } : each)),
  }),
}));
const folder = mkdtempSync(join(tmpdir(), "promptops-images-"));
const images: Record<"good" | "bad", string> = { good: "", bad: "" };
let plan: Plan;
let platform: NodePlatform;
let queries: Queries;

beforeAll(async () => {
  const rendered = await freshPlan("development", { addons: ADDONS }, PATIENT);
  plan = withIngressWeights(shorter(rendered, FACTOR));
  const [service, source] = [serviceCalled("api"), environment("development")];
  const good = await packRelease(folder, { service, source, version: "v0.1.1" });
  const bad = await packRelease(folder, { service, source, version: "v0.1.2", change: withoutPrompts });
  Object.assign(images, { good: good.image, bad: bad.image });
  const releases = { images: [good.archive, bad.archive], objects: [] };
  platform = await startPlatform(plan, folder, [
    releases,
    await packPrometheus(folder, plan),
    await packRollouts(folder, plan),
  ]);
  queries = await Queries.start(platform.cluster, imageOf(source, "api"));
});
afterAll(async () => {
  await platform.cluster.stop();
  rmSync(folder, { recursive: true, force: true });
});

/** A program that lists the prompts of a table that no migration has made. */
function withoutPrompts(program: string): string {
  const changed = program.replace(/FROM prompts(\s+WHERE \(\$2::uuid)/, "FROM prompts_to_come$1");
  if (changed === program) throw new Error("The API's program lists no prompts.");
  return changed;
}

describe("Prometheus scrapes what the monitors select", () => {
  test("every pod of every service and of Argo Rollouts, and each answers", async () => {
    const promised = await promisedTargets();
    const jobs = [...services.map(({ name }) => name), "argo-rollouts/argo-rollouts"];
    expect([...new Set(promised.map((each) => each.split(" ")[0]))].toSorted()).toEqual(jobs.toSorted());
    await eventually("every target to be up", () => allUp(promised), { seconds: 180, explain: explainTargets });
  });

  test("a pod that starts without its policy is not reached, and all others are", async () => {
    const name = "model-simulator";
    const policy = plan.objects.find(
      ({ manifest: { kind, metadata } }) => kind === "NetworkPolicy" && metadata.name === name,
    );
    const { cluster } = platform;
    const selector = `app.kubernetes.io/name=${name}`;
    await cluster.client.call(`/apis/networking.k8s.io/v1/namespaces/${namespace}/networkpolicies/${name}`, {
      method: "DELETE",
    });
    await cluster.client.call(`/api/v1/namespaces/${namespace}/pods?labelSelector=${selector}`, { method: "DELETE" });
    await eventually(
      "the targets of the pods without a policy to be down",
      async () => {
        const pods = (await cluster.ready(namespace, selector)).map(({ metadata }) => `${name} ${metadata.name}`);
        const down = (await queries.targets()).filter(({ health }) => health === "down");
        return down.map(nameOf).toSorted().join() === pods.toSorted().join() || undefined;
      },
      { seconds: 180, explain: explainTargets },
    );
    await cluster.apply([policy?.manifest ?? {}]);
    await eventually("every target to be up again", async () => allUp(await promisedTargets()), {
      seconds: 180,
      explain: explainTargets,
    });
  });
});

const nameOf = ({ labels: { job, pod } }: Target): string => `${job} ${pod}`;

const monitorsOf = (wanted: string): KubeObject[] =>
  plan.objects.map(({ manifest }) => manifest as KubeObject).filter(({ kind }) => kind === wanted);

const promisedTargets = async (): Promise<string[]> => [...(await podsOfServices()), ...(await podsOfAddons())];

/** The pods that PodMonitors select, of add-ons that run here, as `job pod`. */
async function podsOfAddons(): Promise<string[]> {
  const found = monitorsOf("PodMonitor").map(async ({ metadata, spec }) => {
    const labels = encodeURIComponent(selectorOf(spec.selector.matchLabels as Record<string, string>));
    const pods = await platform.cluster.client.list(
      `/api/v1/namespaces/${metadata.namespace ?? ""}/pods?labelSelector=${labels}`,
    );
    const [{ port }] = spec.podMetricsEndpoints as [{ port: string }];
    return pods
      .filter((pod) => JSON.stringify(pod["spec"].containers).includes(`"name":"${port}"`))
      .map((pod) => `${metadata.namespace}/${metadata.name} ${pod.metadata.name}`);
  });
  return (await Promise.all(found)).flat();
}

/** The pods behind the Services that ServiceMonitors select, as `job pod`. */
async function podsOfServices(): Promise<string[]> {
  const { client } = platform.cluster;
  const found = monitorsOf("ServiceMonitor").map(async ({ metadata, spec }) => {
    const labels = encodeURIComponent(selectorOf(spec.selector.matchLabels as Record<string, string>));
    const scraped = await client.list(
      `/api/v1/namespaces/${metadata.namespace ?? ""}/services?labelSelector=${labels}`,
    );
    const selector = `app.kubernetes.io/name=${String(scraped[0]?.["spec"].selector["app.kubernetes.io/name"])}`;
    const pods = await platform.cluster.ready(namespace, selector);
    return pods.map((pod) => `${metadata.name} ${pod.metadata.name}`);
  });
  return (await Promise.all(found)).flat();
}

async function allUp(promised: readonly string[]): Promise<true | undefined> {
  const targets = await queries.targets();
  const up = targets.filter(({ health }) => health === "up").map(nameOf);
  return (targets.length === up.length && up.toSorted().join() === promised.toSorted().join()) || undefined;
}

const explainTargets = async (): Promise<string> =>
  (await queries.targets()).map((each) => `${nameOf(each)} ${each.health} ${each.lastError}`).join("\n");

describe("Argo Rollouts releases the API by what Prometheus has measured", () => {
  test("a version that keeps its objectives replaces the old one", async () => {
    const { statuses, status } = await release(images.good, "Healthy");
    expect(status.currentPodHash).toBe(status.stableRS);
    await onlyRunning(images.good);
    const runs = await analysisRuns(status.currentPodHash as string);
    expect(runs.map((run) => run["status"].phase as string)).toEqual(["Successful", "Successful", "Successful"]);
    expect(new Set(measured(runs, "availability"))).toEqual(new Set([0]));
    expect(Object.keys(statuses).toSorted()).toEqual(["api 200", "api-canary 200"]);
  });

  test("a version that answers errors is rolled back, and the old version answers as before", async () => {
    const { statuses, status } = await release(images.bad, "Degraded");
    expect(status.abort).toBe(true);
    expect(status.message).toMatch(/metric "availability" assessed failed/i);
    await onlyRunning(images.good);
    const runs = await analysisRuns(status.currentPodHash as string);
    expect(Math.max(...measured(runs, "availability"))).toBe(1);
    expect(Object.keys(statuses).toSorted()).toEqual(["api 200", "api-canary 500"]);
  });
});

/** Releases an image of the API under calls, and returns the status of the Rollout once it is in a phase. */
async function release(
  image: string,
  phase: string,
): Promise<{ statuses: Readonly<Record<string, number>>; status: Editable }> {
  const { cluster, tenant } = platform;
  const stop = await startWeightedCalls(cluster, { name: "api", path: "/prompts?limit=1", key: tenant.key });
  const patch = [{ op: "replace", path: "/spec/template/spec/containers/0/image", value: image }];
  await cluster.client.call(rolloutPath("api"), { method: "PATCH", body: patch, type: "application/json-patch+json" });
  const status = await phaseOf(cluster, "api", phase, 480);
  const statuses = await stop();
  console.log(`${image} is ${phase}: ${JSON.stringify(statuses)}`);
  return { statuses, status };
}

/** Resolves once every pod of the API runs an image. */
async function onlyRunning(image: string): Promise<void> {
  const path = `/api/v1/namespaces/${namespace}/pods?labelSelector=app.kubernetes.io/name=api`;
  await eventually(
    `every pod of the API to run ${image}`,
    async () => {
      const pods = await platform.cluster.client.list(path);
      return pods.every(({ spec }) => spec.containers[0].image === image) || undefined;
    },
    { seconds: 180 },
  );
}

/** The analyses of a version. */
async function analysisRuns(hash: string): Promise<KubeObject[]> {
  const path = `/apis/argoproj.io/v1alpha1/namespaces/${namespace}/analysisruns?labelSelector=rollouts-pod-template-hash=${hash}`;
  return platform.cluster.client.list(path);
}

/** The values of a metric that Argo Rollouts has judged. */
function measured(runs: readonly KubeObject[], name: string): number[] {
  const results = runs.flatMap(({ status }) => status.metricResults as Editable[]).filter((each) => each.name === name);
  return results
    .flatMap(({ measurements }) => measurements as { value: string }[])
    .map(({ value }) => Number(value.replace(/[[\]]/g, "")));
}
