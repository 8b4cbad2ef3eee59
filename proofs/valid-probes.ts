import { count } from "../platform/count.ts";
import type { ContainerSpec } from "../plan/model/kubernetes.ts";
import type { PodSource } from "../plan/model/pods.ts";
import type { Proof } from "./proof.ts";
import { failuresOf } from "./rules.ts";

interface Probe {
  readonly periodSeconds?: number;
  readonly timeoutSeconds?: number;
  readonly failureThreshold?: number;
  readonly successThreshold?: number;
  readonly initialDelaySeconds?: number;
}

type ProbeName = "startupProbe" | "livenessProbe" | "readinessProbe";

/**
 * Seconds until a probe acts, at least and at most. A pod that cannot answer gets requests for a minute at most; a busy one is not
 * restarted within 20 seconds, and a dead one within five minutes; starting may take from a minute to an hour.
 */
const BOUNDS: Readonly<Record<ProbeName, readonly [number, number]>> = {
  readinessProbe: [5, 60],
  livenessProbe: [20, 300],
  startupProbe: [60, 3600],
};
/** Kubernetes' defaults. */
const DEFAULTS = { periodSeconds: 10, timeoutSeconds: 1, failureThreshold: 3, initialDelaySeconds: 0 };
const SERVING = new Set(["Deployment", "Rollout", "StatefulSet"]);

export const validProbes: Proof = {
  name: "valid-probes",
  claim:
    "Each of our serving containers has a startup, a liveness and a readiness probe, and each probe acts neither too late nor too soon.",
  examine({ podSources }) {
    const serving = podSources.filter(({ addon, kind }) => addon === undefined && SERVING.has(kind));
    const containers = serving.flatMap((source) => mainContainers(source).map((container) => ({ source, container })));
    return {
      evidence: [count(containers.length, "container")],
      failures: containers.flatMap(({ source, container }) =>
        containerFailures(container).map((failure) => `${source.description}, ${container.name}: ${failure}`),
      ),
    };
  },
};

/** Containers that open ports: what only helps them has no probe. */
const mainContainers = ({ spec }: PodSource): ContainerSpec[] =>
  spec.containers.filter(({ ports = [] }) => ports.length > 0);

function containerFailures(container: ContainerSpec): string[] {
  return (Object.keys(BOUNDS) as ProbeName[]).flatMap((name) => {
    const probe = container[name] as Probe | undefined;
    return probe ? probeFailures(name, { ...DEFAULTS, ...probe }) : [`it has no ${name}.`];
  });
}

function probeFailures(name: ProbeName, probe: Required<Omit<Probe, "successThreshold">>): string[] {
  const { periodSeconds, timeoutSeconds, failureThreshold, initialDelaySeconds } = probe;
  const [least, most] = BOUNDS[name];
  const seconds = initialDelaySeconds + periodSeconds * failureThreshold;
  return failuresOf([
    [periodSeconds >= 1 && failureThreshold >= 1, `${name} never runs, or acts at once.`],
    [
      timeoutSeconds >= 1 && timeoutSeconds <= periodSeconds,
      `${name} waits ${timeoutSeconds} s every ${periodSeconds} s.`,
    ],
    [seconds >= least && seconds <= most, `${name} acts after ${seconds} s, which must be ${least} to ${most}.`],
  ]);
}
