import { validWorkloads } from "../../proofs/valid-workloads.ts";
import { testProof } from "./damage.ts";

testProof(validWorkloads, [
  [
    "a release that waits for ever",
    "Deployment",
    "worker",
    ({ spec }) => (spec.minReadySeconds = 501),
    /minReadySeconds is 501, and must be 0 to 60/,
  ],
  [
    "no version to go back to",
    "Rollout",
    "api",
    ({ spec }) => (spec.revisionHistoryLimit = 0),
    /revisionHistoryLimit is 0, and must be 1 to 10/,
  ],
  [
    "a release that is given a day",
    "Deployment",
    "worker",
    ({ spec }) => (spec.progressDeadlineSeconds = 86_400),
    /progressDeadlineSeconds is 86400/,
  ],
  [
    "a job that is not tried again",
    "Job",
    "api-migrate",
    ({ spec }) => (spec.backoffLimit = 0),
    /backoffLimit is 0, and must be 1 to 10/,
  ],
  [
    "a run of a schedule without end",
    "CronJob",
    "api-create-tenant",
    ({ spec }) => delete spec.jobTemplate.spec.activeDeadlineSeconds,
    /activeDeadlineSeconds is not set/,
  ],
  [
    "runs that are never forgotten",
    "CronJob",
    "api-create-tenant",
    ({ spec }) => (spec.failedJobsHistoryLimit = 301),
    /failedJobsHistoryLimit is 301/,
  ],
  [
    "pods that go before others come",
    "Deployment",
    "worker",
    ({ spec }) => (spec.strategy.rollingUpdate.maxUnavailable = 1),
    /takes 1 away at once/,
  ],
  [
    "twice the pods",
    "Rollout",
    "api",
    ({ spec }) => (spec.strategy.canary.maxSurge = "100%"),
    /a release adds 100% pods/,
  ],
  [
    "an aborted release that loses its pods at once",
    "Rollout",
    "api",
    ({ spec }) => (spec.strategy.canary.abortScaleDownDelaySeconds = 1),
    /kept for 1 s, which must be 30 to 600/,
  ],
  [
    "a job that Argo CD would change",
    "Job",
    "database-roles",
    ({ metadata }) => delete metadata.annotations["argocd.argoproj.io/hook-delete-policy"],
    /Argo CD cannot change a Job/,
  ],
  [
    "a Service of another version",
    "Service",
    "worker",
    ({ metadata }) => (metadata.labels["app.kubernetes.io/version"] = "v9"),
    /its label app.kubernetes.io\/version is 'v9'/,
  ],
  [
    "an account without a name",
    "ServiceAccount",
    "worker",
    ({ metadata }) => delete metadata.labels["app.kubernetes.io/name"],
    /its label app.kubernetes.io\/name is ''/,
  ],
]);
