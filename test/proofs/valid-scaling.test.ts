import { validScaling } from "../../proofs/valid-scaling.ts";
import type { Editable } from "../plans.ts";
import { type Damage, testProof } from "./damage.ts";

const hpa = (what: string, damage: (spec: Editable) => unknown, failure: RegExp): Damage => [
  what,
  "HorizontalPodAutoscaler",
  "api",
  ({ spec }) => damage(spec),
  failure,
];
const queue = (what: string, damage: (spec: Editable) => unknown, failure: RegExp): Damage => [
  what,
  "ScaledObject",
  "worker",
  ({ spec }) => damage(spec),
  failure,
];

testProof(validScaling, [
  hpa("bounds turned round", (spec) => (spec.minReplicas = 90), /scales from 90 to 20/),
  hpa("a load that memory does not tell", (spec) => spec.metrics.shift(), /it reads memory alone/),
  hpa("a resource that nobody requests", (spec) => (spec.metrics[0].resource.name = "disk"), /it reads 'disk'|alone/),
  hpa("another API version", (spec) => (spec.scaleTargetRef.apiVersion = "apps/v1"), /names a Rollout of 'apps\/v1'/),
  hpa("all pods at once", (spec) => (spec.behavior.scaleUp.policies[0].value = 10_001), /more than 1000 % of its/),
  queue(
    "a trigger of another kind",
    (spec) => (spec.triggers[0].type = "prometheusx"),
    /trigger 'prometheusx' is unknown/,
  ),
  queue(
    "another Prometheus",
    (spec) => (spec.triggers[0].metadata.serverAddress = "http://prometheus"),
    /where no Prometheus answers/,
  ),
  queue("a total as if each replica saw it", (spec) => delete spec.triggers[0].metricType, /compares a ''/),
  queue("fewer replicas without metric", (spec) => delete spec.fallback.behavior, /its fallback is 'static'/),
  queue(
    "an hour without metric",
    (spec) => (spec.fallback.failureThreshold = 400),
    /after 400 failures, one every 15 s/,
  ),
  hpa("no way up", (spec) => (spec.behavior.scaleUp.policies = []), /may not double its replicas/),
  hpa("one pod at a time", (spec) => spec.behavior.scaleUp.policies.shift(), /may not double its replicas/),
  hpa("the slowest policy up", (spec) => (spec.behavior.scaleUp.selectPolicy = "Min"), /it selects Min/),
  hpa("minutes before it grows", (spec) => (spec.behavior.scaleUp.stabilizationWindowSeconds = 600), /waits 600 s/),
  hpa("all replicas gone at once", (spec) => (spec.behavior.scaleDown.policies[0].value = 100), /more than 50 %/),
  hpa("no policy down", (spec) => delete spec.behavior.scaleDown, /more than 50 %/),
  hpa("no calm", (spec) => (spec.behavior.scaleDown.stabilizationWindowSeconds = 0), /after 0 s of low load/),
  hpa(
    "a target over everything",
    (spec) => (spec.metrics[0].resource.target.averageUtilization = 700),
    /utilization of 700 %/,
  ),
  hpa("no metric", (spec) => (spec.metrics = []), /reads no metric/),
  queue("no trigger", (spec) => (spec.triggers = []), /it has no trigger/),
  queue(
    "a trigger without address",
    (spec) => delete spec.triggers[0].metadata.serverAddress,
    /queries '', where no Prometheus answers/,
  ),
  queue("a threshold of zero", (spec) => (spec.triggers[0].metadata.threshold = "0"), /threshold is '0'/),
  queue("a look each hour", (spec) => (spec.pollingInterval = 3600), /polls its triggers every 3600 s/),
  queue("a fallback to nothing", (spec) => (spec.fallback.replicas = 0), /falls back to 0 replicas/),
  queue("no fallback", (spec) => delete spec.fallback, /its fallback never applies/),
]);
