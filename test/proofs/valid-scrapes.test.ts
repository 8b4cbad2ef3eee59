import { validScrapes } from "../../proofs/valid-scrapes.ts";
import { testProof } from "./damage.ts";

testProof(validScrapes, [
  [
    "three Services of the same pods",
    "ServiceMonitor",
    "api",
    ({ spec }) => delete spec.selector.matchLabels["promptops.dev/scraped"],
    /reads port 'metrics' of Rollout application\/api through more than one Service/,
  ],
  [
    "two monitors of one Service",
    "ServiceMonitor",
    "api",
    ({ spec }) => delete spec.selector.matchLabels["app.kubernetes.io/name"],
    /through more than one Service/,
  ],
  [
    "a job that is called as its Service",
    "ServiceMonitor",
    "worker",
    ({ spec }) => delete spec.jobLabel,
    /its jobs are named by 'the Service'/,
  ],
  [
    "another path",
    "PodMonitor",
    "valkey",
    ({ spec }) => (spec.podMetricsEndpoints[0].path = "/stats"),
    /reads \/stats, and its pods answer \/metrics/,
  ],
  [
    "labels that Prometheus renames",
    "PodMonitor",
    "controller",
    ({ spec }) => delete spec.podMetricsEndpoints[0].honorLabels,
    /PodMonitor cert-manager\/controller: Prometheus renames labels of its metrics/,
  ],
]);
