import { type Context, Layer, peersOf, prometheusOf } from "promptops/constructs";
import {
  type AddedWorkload,
  imageOf,
  namespaces,
  placementOn,
  requestsPerSecond,
  storageClasses,
  workloadPods,
} from "promptops/platform";
import { NightlyJob } from "./constructs/nightly-job.ts";
import { TeamIndex } from "./constructs/team-index.ts";
import { TeamWorkload } from "./constructs/team-workload.ts";

const namespace = namespaces.application;
const requests = { name: "web_requests_total", type: "counter", help: "Requests.", labels: ["route"] } as const;
const documents = workloadPods(namespace, "documents");
const web = workloadPods(namespace, "gateway-web");

/** What the platform opens for the workloads below, and what its proofs expect of them. */
export const workloads: readonly AddedWorkload[] = [
  {
    namespace,
    name: "gateway-web",
    metricsPort: 7001,
    metrics: [requests],
    connections: [{ from: web, to: documents, port: 7010 }],
  },
  { namespace, name: "documents", metricsPort: 7011, connections: [{ from: documents, to: documents, port: 7010 }] },
];

/** What this repository adds to the cluster of an environment. */
export function addObjects(context: Context): void {
  const { app, environment } = context;
  const layer = new Layer(app, "web", { wave: 52 });
  const common = {
    namespace,
    version: environment.release.version,
    placement: placementOn(environment),
    resources: { requests: { cpu: "100m", memory: "128Mi" }, limits: { cpu: "1", memory: "256Mi" } },
    team: "web",
  };
  new TeamWorkload(layer, "gateway-web", {
    ...common,
    name: "gateway-web",
    image: imageOf(environment, "gateway-web"),
    ports: { http: 7000, metrics: 7001 },
    probePort: "http",
    scale: {
      replicas: { min: 2, max: 4 },
      on: [requestsPerSecond(requests, { perReplica: 50 })],
      profile: "steady",
      prometheus: prometheusOf(context),
    },
    drain: 30,
    ...peersOf(context, web),
  });
  new NightlyJob(layer, "usage-report", {
    ...common,
    name: "usage-report",
    image: imageOf(environment, "usage-report"),
    args: ["--month"],
  });
  new TeamIndex(layer, "documents", {
    ...common,
    name: "documents",
    image: imageOf(environment, "documents"),
    ports: { http: 7010, metrics: 7011 },
    replicas: 2,
    storage: "10Gi",
    storageClass: storageClasses.fast,
    drain: 30,
    ...peersOf(context, documents),
  });
}
