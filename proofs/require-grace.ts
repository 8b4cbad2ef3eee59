import type { ContainerSpec } from "../plan/model/kubernetes.ts";
import type { PodSource } from "../plan/model/pods.ts";
import type { Proof } from "./proof.ts";

/** Kubernetes' own, where nothing is said. */
const DEFAULT_GRACE = 30;

export const requireGrace: Proof = {
  name: "require-grace",
  claim: "Every pod has the time to stop that its workload was promised: what it waits before, and its drain.",
  examine({ podSources, expected }) {
    const promised = new Map(expected.drains.map(({ workload, seconds }) => [workload, seconds]));
    const judged = podSources.map((source) => ({ source, ...timesOf(source, promised.get(source.name)) }));
    const failures = judged
      .filter(({ grace, wait, drain }) => grace < wait + drain)
      .map(
        ({ source, grace, wait, drain }) =>
          `${source.description}: is killed after ${grace} s, but waits ${wait} s before it is told to stop and drains for ${drain} s. Raise terminationGracePeriodSeconds to ${wait + drain} at least.`,
      );
    const unserved = judged
      .filter(({ source, wait }) => source.kind in SERVING && wait === 0 && promised.has(source.name))
      .map(
        ({ source }) =>
          `${source.description}: stops at once, while routes still point at it. Give it a preStop sleep.`,
      );
    return {
      evidence: judged
        .filter(({ source }) => promised.has(source.name))
        .map(({ source, grace, wait, drain }) => `${source.name}: ${wait} s + ${drain} s of ${grace} s`),
      failures: [...failures, ...unserved],
    };
  },
};

const SERVING: Readonly<Record<string, true>> = { Deployment: true, Rollout: true, StatefulSet: true };

function timesOf({ spec }: PodSource, drain = 0): { grace: number; wait: number; drain: number } {
  const wait = Math.max(0, ...spec.containers.map(waitBeforeStop));
  return { grace: spec.terminationGracePeriodSeconds ?? DEFAULT_GRACE, wait, drain };
}

const waitBeforeStop = ({ lifecycle }: ContainerSpec): number => lifecycle?.preStop?.sleep?.seconds ?? 0;
