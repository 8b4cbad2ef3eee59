import { validVolumes } from "../../proofs/valid-volumes.ts";
import { container, pod, testProof } from "./damage.ts";

testProof(validVolumes, [
  [
    "scratch without a limit",
    "Rollout",
    "api",
    (manifest) => (pod(manifest).volumes[0].emptyDir = {}),
    /has the size limit ''/,
  ],
  [
    "scratch of terabytes",
    "Rollout",
    "api",
    (manifest) => (pod(manifest).volumes[0].emptyDir.sizeLimit = "64Ti"),
    /'64Ti', which must be/,
  ],
  [
    "a root to be written to",
    "Rollout",
    "api",
    (manifest) => (container(manifest).securityContext.readOnlyRootFilesystem = false),
    /may write to its root/,
  ],
  [
    "a volume that nothing mounts",
    "Rollout",
    "api",
    (manifest) => container(manifest).volumeMounts.pop(),
    /no container mounts the volume/,
  ],
  [
    "a secret that the pod cannot read",
    "Rollout",
    "api",
    (manifest) => (pod(manifest).volumes[1].secret.defaultMode = 0o400),
    /cannot read secrets, of mode 0400/,
  ],
  [
    "a secret for anyone",
    "Rollout",
    "api",
    (manifest) => (pod(manifest).volumes[1].secret.defaultMode = 0o444),
    /anyone may read the secret/,
  ],
  [
    "two volumes at one path",
    "Rollout",
    "api",
    (manifest) => (container(manifest).volumeMounts[1].mountPath = "/tmp"),
    /two volumes at \/tmp/,
  ],
  [
    "a secret to be written to",
    "Rollout",
    "api",
    (manifest) => (container(manifest).volumeMounts[1].readOnly = false),
    /mounts secrets to be written to/,
  ],
  ["no scratch", "Job", "api-migrate", (manifest) => container(manifest).volumeMounts.shift(), /cannot write to \/tmp/],
]);
