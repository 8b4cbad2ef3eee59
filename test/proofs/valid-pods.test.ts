import { validPods } from "../../proofs/valid-pods.ts";
import { container, type Damage, pod, testProof } from "./damage.ts";

const overridden = (manifest: Parameters<Damage[3]>[0]): Parameters<Damage[3]>[0] =>
  manifest.spec.override.statefulSet.spec.template.spec;

testProof(validPods, [
  ["any pool", "Deployment", "worker", (manifest) => delete pod(manifest).nodeSelector, /its pods go to any pool/],
  [
    "an hour to end",
    "Deployment",
    "worker",
    (manifest) => (pod(manifest).terminationGracePeriodSeconds = 3600),
    /may take 3600 s to end/,
  ],
  [
    "variables of Services",
    "Rollout",
    "api",
    (manifest) => (pod(manifest).enableServiceLinks = true),
    /each Service of the namespace adds variables/,
  ],
  [
    "the account of all",
    "Job",
    "database-roles",
    (manifest) => delete pod(manifest).serviceAccountName,
    /run as the account 'default'/,
  ],
  [
    "a token that another object decides on",
    "Job",
    "api-migrate",
    (manifest) => delete pod(manifest).automountServiceAccountToken,
    /another object decides/,
  ],
  [
    "a user beyond a user namespace",
    "Rollout",
    "api",
    (manifest) => (pod(manifest).securityContext.runAsUser = 100_001),
    /runAsUser, runAsGroup and fsGroup are 100001, 1000, 1000/,
  ],
  [
    "an image that is never pulled",
    "Deployment",
    "worker",
    (manifest) => (container(manifest).imagePullPolicy = "Never"),
    /worker never pulls its image/,
  ],
  [
    "a container of another name",
    "Rollout",
    "api",
    (manifest) => (container(manifest).name = "main"),
    /its first container is 'main'/,
  ],
  [
    "another version than its label says",
    "Rollout",
    "api",
    (manifest) => (container(manifest).image = "ghcr.io/promptops/api:v9"),
    /its version label is 'v0.1.0', and it runs/,
  ],
  [
    "a container that the operator does not make",
    "RabbitmqCluster",
    "rabbitmq",
    (manifest) => (overridden(manifest).containers[0].name = "queue"),
    /changes the containers setup-container, queue/,
  ],
  [
    "an operator's pods that may be root",
    "RabbitmqCluster",
    "rabbitmq",
    (manifest) => (overridden(manifest).securityContext.runAsNonRoot = false),
    /its pods are not 'restricted'/,
  ],
  [
    "an operator's container with capabilities",
    "RabbitmqCluster",
    "rabbitmq",
    (manifest) => delete overridden(manifest).containers[0].securityContext.capabilities,
    /rabbitmq is not 'restricted'/,
  ],
]);
