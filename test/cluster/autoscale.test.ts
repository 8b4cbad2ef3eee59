import { App, Chart } from "cdk8s";
import { afterAll, beforeAll, describe, expect, test } from "vitest";
import { Autoscaler } from "../../k8s/constructs/autoscaler.ts";
import { Deployment, Quantity } from "../../k8s/objects.ts";
import { type ScaleProfile } from "../../platform/service.ts";
import { cpu } from "../../platform/signals.ts";
import { planOf } from "../plans.ts";
import { eventually, type KubeObject } from "./client.ts";
import { asDeployment, type Cluster, startCluster } from "./cluster.ts";
import { hpaOfKeda } from "./keda.ts";
import { type Measurements, serveMetrics } from "./metrics-api.ts";

/** Millicores at which a replica is as busy as its autoscaler wants it: 70 % of 250. */
const BUSY = 175;
const SURGE_SECONDS = 60;
const SECONDS_TO_WATCH = 900;

/** One load over time, on one workload, and the series of replicas that it has to come to. */
interface Curve {
  readonly profile: ScaleProfile;
  readonly replicas: { readonly min: number; readonly max: number };
  readonly start: number;
  /** Busy replicas that the load is worth, so many seconds after the start; `undefined` where its metric is lost. */
  readonly load: (seconds: number) => number | undefined;
  /** The series that is waited for. */
  readonly until: readonly number[];
}

const surge =
  (replicas: number, seconds = SURGE_SECONDS) =>
  (now: number): number =>
    now < seconds ? replicas : 0.1;

/** `api` and `worker` are production's own objects; the others stand for what its services do not do. */
const curves: Readonly<Record<string, Curve>> = {
  api: {
    profile: "steady",
    replicas: { min: 2, max: 20 },
    start: 2,
    load: surge(40),
    until: [2, 6, 12, 20, 18, 16, 14],
  },
  worker: {
    profile: "steady",
    replicas: { min: 2, max: 50 },
    start: 2,
    load: surge(400, 90),
    until: [2, 6, 12, 24, 48, 50, 45, 40, 36],
  },
  elastic: {
    profile: "elastic",
    replicas: { min: 2, max: 40 },
    start: 12,
    load: surge(80, 100),
    until: [12, 24, 40, 20, 10, 5],
  },
  wave: {
    profile: "steady",
    replicas: { min: 2, max: 20 },
    start: 14,
    load: (now) => 10 + 4 * Math.sin((2 * Math.PI * now) / 60),
    until: [14],
  },
  noise: {
    profile: "elastic",
    replicas: { min: 2, max: 20 },
    start: 8,
    load: (now) => 8 * (Math.floor(now / 7) % 2 === 0 ? 1.08 : 0.92),
    until: [8],
  },
  idle: { profile: "elastic", replicas: { min: 2, max: 20 }, start: 5, load: () => 0.01, until: [5, 2] },
  blind: {
    profile: "steady",
    replicas: { min: 2, max: 20 },
    start: 2,
    load: (now) => (now < SURGE_SECONDS ? 10 : undefined),
    until: [2, 6, 10],
  },
};
const names = Object.keys(curves);
const curveOf = (name: string): Curve => {
  const curve = curves[name];
  if (!curve) throw new Error(`no curve ${name}`);
  return curve;
};

/** A number of replicas that the autoscaler chose, and when, to the second, by its own clock. */
interface Step {
  readonly replicas: number;
  readonly at: number;
}

const histories = new Map<string, Step[]>(names.map((name) => [name, []]));
const seriesOf = (name: string): number[] => (histories.get(name) ?? []).map(({ replicas }) => replicas);

let cluster: Cluster;
let stopMetrics: () => void;
let ended: Error | undefined;

/** All curves at once, in real time: the beginning of a fall is five minutes after the end of a surge. */
beforeAll(async () => {
  const plan = await planOf("production");
  cluster = await startCluster();
  await cluster.addNodes(plan.nodeGroups, ({ max }) => max);
  const objects = plan.objects.map(({ manifest }) => manifest as KubeObject);
  const own = (kind: string, name: string): KubeObject =>
    objects.find((each) => each.kind === kind && each.metadata.name === name) as KubeObject;
  await cluster.apply(objects.filter(({ kind }) => ["Namespace", "ServiceAccount"].includes(kind)));
  const api = own("HorizontalPodAutoscaler", "api");
  // The API's Rollout is stood in for by a Deployment; the numbers are those of the rendered autoscaler.
  const scaleTargetRef = { apiVersion: "apps/v1", kind: "Deployment", name: "api" };
  const autoscalers = [{ ...api, spec: { ...api["spec"], scaleTargetRef } }, hpaOfKeda(own("ScaledObject", "worker"))];
  const deployments = [asDeployment(own("Rollout", "api"), 0), own("Deployment", "worker")];
  for (const name of names.filter((each) => !["api", "worker"].includes(each))) {
    const [deployment, autoscaler] = workload(name, curveOf(name));
    deployments.push(deployment);
    autoscalers.push(autoscaler);
  }
  for (const { spec, ...rest } of deployments) {
    await cluster.apply([{ ...rest, spec: { ...spec, replicas: curveOf(rest.metadata.name).start } }]);
  }
  await cluster.judgedPods();

  let begin = Number.NaN;
  stopMetrics = await serveMetrics(
    cluster,
    measurementsOf(() => (Date.now() - begin) / 1000),
  );
  await eventually("the metrics APIs to be there", async () => {
    const services = await cluster.client.list("/apis/apiregistration.k8s.io/v1/apiservices");
    const metrics = services.filter(({ metadata }) => metadata.name.endsWith("metrics.k8s.io"));
    return metrics.every(({ status }) => JSON.stringify(status).includes('"status":"True"')) || undefined;
  });
  await record();
  begin = Date.now();
  await cluster.apply(autoscalers);
  await eventually("every curve to come to its end", () => Promise.resolve(names.every(isThrough) || undefined), {
    seconds: SECONDS_TO_WATCH,
    explain: explainCurves,
  }).catch((error: unknown) => (ended = error as Error));
});
afterAll(async () => {
  stopMetrics();
  await cluster.stop();
});

/** How far each curve came, and what its autoscaler says is wrong. */
async function explainCurves(): Promise<string> {
  const autoscalers = await cluster.client.list("/apis/autoscaling/v2/horizontalpodautoscalers");
  const complaints = autoscalers.flatMap(({ metadata, status }) =>
    ((status?.conditions ?? []) as { type: string; status: string; message: string }[])
      .filter((condition) => condition.type !== "ScalingLimited" && condition.status === "False")
      .map(({ message }) => `  ${metadata.name}: ${message}`),
  );
  return [...names.map((name) => `  ${name}: ${seriesOf(name).join(" ")}`), ...complaints].join("\n");
}

const isThrough = (name: string): boolean => seriesOf(name).length >= curveOf(name).until.length;

function measurementsOf(now: () => number): Measurements {
  const load = (name: string): number | undefined => curves[name]?.load(now());
  return {
    used: (name) => {
      const replicas = load(name);
      return replicas === undefined ? undefined : { cpu: replicas * BUSY, memory: 2 ** 20 };
    },
    // Ten executions in the queue are a replica's worth.
    external: (name) => {
      const replicas = load(name);
      return replicas === undefined ? undefined : Math.round(replicas * 10);
    },
  };
}

/** Notes every number that an autoscaler sets, from the Deployments it sets it on. */
async function record(): Promise<void> {
  await cluster.client.watch("/apis/apps/v1/deployments", (_, { metadata: { name }, spec }) => {
    const history = histories.get(name);
    if (history && history.at(-1)?.replicas !== spec.replicas) {
      history.push({ replicas: spec.replicas as number, at: Date.now() / 1000 });
    }
  });
}

/** A Deployment and the autoscaler that the library makes for it. */
function workload(name: string, { profile, replicas }: Curve): [KubeObject, KubeObject] {
  const chart = new Chart(new App(), name);
  const labels = { "app.kubernetes.io/name": name };
  const target = new Deployment(chart, "deployment", {
    metadata: { name, namespace: "default" },
    spec: {
      selector: { matchLabels: labels },
      template: {
        metadata: { labels },
        spec: {
          nodeSelector: { workload: "application" },
          containers: [{ name: "c", image: "image:1", resources: { requests: { cpu: Quantity.fromString("250m") } } }],
        },
      },
    },
  });
  const { autoscaler } = new Autoscaler(chart, "autoscaler", {
    namespace: "default",
    name,
    target,
    replicas,
    on: [cpu(70)],
    profile,
    prometheus: "http://unused",
  });
  return [target.toJson() as KubeObject, autoscaler.toJson() as KubeObject];
}

test("every curve comes to its end", () => {
  expect(ended).toBeUndefined();
});

describe.each(["api", "worker", "elastic", "idle"])("the replicas of %s", (name) => {
  test("are those that the profile's words come to, one after the other", () => {
    const { until } = curveOf(name);
    expect(seriesOf(name).slice(0, until.length)).toEqual(until);
  });
});

describe.each(names)("the autoscaler of %s", (name) => {
  test("keeps its bounds", () => {
    const { min, max } = curveOf(name).replicas;
    for (const replicas of seriesOf(name)) {
      expect(replicas).toBeGreaterThanOrEqual(min);
      expect(replicas).toBeLessThanOrEqual(max);
    }
  });

  test("does not flap: once it has gone down, it does not come up again", () => {
    const series = seriesOf(name);
    const peak = series.indexOf(Math.max(...series));
    expect(series.slice(0, peak + 1)).toEqual(series.slice(0, peak + 1).toSorted((one, other) => one - other));
    expect(series.slice(peak)).toEqual(series.slice(peak).toSorted((one, other) => other - one));
  });
});

test("a surge that ends is believed after five minutes, not before", () => {
  for (const [name, end] of [
    ["api", SURGE_SECONDS],
    ["worker", 90],
    ["elastic", 100],
  ] as const) {
    const history = histories.get(name) ?? [];
    const peak = history.findIndex(({ replicas }) => replicas === curveOf(name).replicas.max);
    const [first, fall] = [history[0], history[peak + 1]];
    if (!first || !fall) throw new Error(`${name} did not fall`);
    // The last high recommendation may be one turn of 15 s older than the end of the surge.
    expect(fall.at - first.at, name).toBeGreaterThan(end + 300 - 15);
  }
});

test("a load that goes up and down within the five minutes changes nothing", () => {
  expect(seriesOf("wave")).toEqual([14]);
});

test("a load within the tolerance changes nothing", () => {
  expect(seriesOf("noise")).toEqual([8]);
});

test("an autoscaler whose metric is lost leaves what is there", () => {
  expect(seriesOf("blind")).toEqual([2, 6, 10]);
});
