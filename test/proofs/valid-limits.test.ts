import { validLimits } from "../../proofs/valid-limits.ts";
import { container, testProof } from "./damage.ts";

testProof(validLimits, [
  [
    "no request",
    "Deployment",
    "worker",
    (manifest) => delete container(manifest).resources.requests.memory,
    /it requests no memory/,
  ],
  [
    "a request of nothing",
    "Deployment",
    "worker",
    (manifest) => (container(manifest).resources.requests.cpu = "0"),
    /it requests no cpu/,
  ],
  [
    "no memory limit",
    "Rollout",
    "api",
    (manifest) => delete container(manifest).resources.limits.memory,
    /it has no memory limit/,
  ],
  [
    "a limit that no node has",
    "Rollout",
    "api",
    (manifest) => (container(manifest).resources.limits.memory = "2Ti"),
    /no node has the memory/,
  ],
  [
    "thousands of cores",
    "Rollout",
    "api",
    (manifest) => (container(manifest).resources.limits.cpu = "2k"),
    /no node has the cpu/,
  ],
  [
    "a limit far over the request",
    "Rollout",
    "api",
    (manifest) => (container(manifest).resources.requests.memory = "1Mi"),
    /over 8 times/,
  ],
]);
