import type { ContainerSpec } from "../plan/model/kubernetes.ts";
import type { PodSource } from "../plan/model/pods.ts";
import type { Proof } from "./proof.ts";

/** Kubernetes' default, in seconds. */
const DEFAULT_GRACE = 30;

export const requireGrace: Proof = {
  name: "require-grace",
  claim: "The grace period of every pod covers its preStop sleep and its drain.",
  examine({ podSources, expected }) {
    const promised = new Map(expected.drains.map(({ workload, seconds }) => [workload, seconds]));
    const judged = podSources.map((source) => ({ source, ...timesOf(source, promised.get(source.name)) }));
    const failures = judged
      .filter(({ grace, wait, drain }) => grace < wait + drain)
      .map(
        ({ source, grace, wait, drain }) =>
          `${source.description}: its grace period is ${grace} s, but it sleeps ${wait} s in preStop and drains for ${drain} s. Raise terminationGracePeriodSeconds to at least ${wait + drain}.`,
      );
    const unserved = judged
      .filter(({ source, wait }) => source.kind in SERVING && wait === 0 && promised.has(source.name))
      .map(({ source }) => `${source.description}: stops while routes still point at it. Add a preStop sleep.`);
    return {
      evidence: judged
        .filter(({ source }) => promised.has(source.name))
        .map(({ source, grace, wait, drain }) => `${source.name}: ${wait} s preStop + ${drain} s drain, of ${grace} s`),
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
