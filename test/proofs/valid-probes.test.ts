import { validProbes } from "../../proofs/valid-probes.ts";
import { container, testProof } from "./damage.ts";

testProof(validProbes, [
  [
    "no readiness probe",
    "Deployment",
    "worker",
    (manifest) => delete container(manifest).readinessProbe,
    /it has no readinessProbe/,
  ],
  [
    "no startup probe",
    "Rollout",
    "api",
    (manifest) => delete container(manifest).startupProbe,
    /it has no startupProbe/,
  ],
  [
    "a probe each ten minutes",
    "Rollout",
    "api",
    (manifest) => (container(manifest).readinessProbe.periodSeconds = 600),
    /acts after 1800 s/,
  ],
  [
    "a restart after one slow answer",
    "Rollout",
    "api",
    (manifest) => (container(manifest).livenessProbe.failureThreshold = 1),
    /acts after 10 s, which must be 20 to 300/,
  ],
  [
    "a timeout beyond the period",
    "Rollout",
    "api",
    (manifest) => (container(manifest).livenessProbe.timeoutSeconds = 60),
    /waits 60 s every 10 s/,
  ],
  [
    "a threshold of zero",
    "Rollout",
    "api",
    (manifest) => (container(manifest).livenessProbe.failureThreshold = 0),
    /acts at once/,
  ],
  [
    "seconds to start",
    "Deployment",
    "worker",
    (manifest) => (container(manifest).startupProbe.failureThreshold = 2),
    /startupProbe acts after 10 s/,
  ],
]);
