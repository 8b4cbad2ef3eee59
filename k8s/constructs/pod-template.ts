import { JsonPatch } from "cdk8s";
import type { Placement } from "../../platform/placement.ts";
import { POOL_LABEL } from "../../platform/pools.ts";
import { restrictedContainer, restrictedPod } from "../../platform/security-context.ts";
import type { Resources } from "../../platform/service.ts";
import {
  type Container,
  type EnvVar,
  IntOrString,
  type PodTemplateSpec,
  type Probe,
  Quantity,
  type Volume,
  type VolumeMount,
} from "../objects.ts";
import { commonLabels, selectorLabels } from "./labels.ts";

/** Seconds between a pod's leaving its Services and SIGTERM: routes elsewhere still point at it for a moment. */
export const SECONDS_BEFORE_STOP = 5;
/** Seconds kept between the end of the drain and SIGKILL. */
const SECONDS_TO_SPARE = 5;
/**
 * Seconds for which a lost node's pods are waited for before others take their place. Kubernetes' own five minutes suit
 * what has a volume; these have none, and a second copy does no harm.
 */
const SECONDS_UNREACHABLE = 30;
/** The user `node` of the official images. */
const NODE_USER = 1000;
export const SECRETS_FOLDER = "/etc/promptops/secrets";

/** `sleep` needs no shell in the image. It is younger than the kinds' library (KEP-3960, Kubernetes 1.30). */
export const stopLate = JsonPatch.add("/spec/template/spec/containers/0/lifecycle", {
  preStop: { sleep: { seconds: SECONDS_BEFORE_STOP } },
});

export interface PodTemplateProps {
  readonly name: string;
  readonly image: string;
  readonly version: string;
  readonly serviceAccount: string;
  readonly placement: Placement;
  readonly resources: Resources;
  /** GPUs of one pod. @default 0 */
  readonly gpus?: number;
  /** Seconds that work in hand may take to end after SIGTERM. */
  readonly drain: number;
  /** @default - none */
  readonly ports?: Readonly<Record<string, number>>;
  /** @default - none: a job has no probes */
  readonly probes?: Probes;
  readonly command?: readonly string[];
  readonly args?: readonly string[];
  readonly environment?: Readonly<Record<string, string>>;
  /** The Secret whose keys appear as files in SECRETS_FOLDER. @default - none */
  readonly secret?: string;
  readonly volumes?: readonly Volume[];
  readonly mounts?: readonly VolumeMount[];
  /** The label by which the pods' owner tells versions apart. @default "pod-template-hash" */
  readonly versionLabel?: string;
  /** @default 1000, the user `node` */
  readonly user?: number;
  /** @default "Always" */
  readonly restartPolicy?: "Always" | "OnFailure" | "Never";
}

export interface Probes {
  readonly startup: Probe;
  readonly liveness: Probe;
  readonly readiness: Probe;
}

/** The three probes that every service of ours answers, on one port. */
export function healthProbes(port: string): Probes {
  const get = (path: string): Probe => ({ httpGet: { path, port: IntOrString.fromString(port) } });
  return {
    startup: { ...get("/health/startup"), periodSeconds: 5, timeoutSeconds: 3, failureThreshold: 60 },
    liveness: { ...get("/health/live"), periodSeconds: 10, timeoutSeconds: 5, failureThreshold: 3 },
    readiness: { ...get("/health/ready"), periodSeconds: 5, timeoutSeconds: 3, failureThreshold: 3 },
  };
}

/** A pod that the strictest Pod Security level lets in, on its pool, spread over what fails together. */
export function podTemplate(props: PodTemplateProps): PodTemplateSpec {
  const {
    name,
    version,
    placement,
    drain,
    secret,
    user = NODE_USER,
    restartPolicy = "Always",
    versionLabel = "pod-template-hash",
  } = props;
  return {
    metadata: { labels: { ...commonLabels(name, version), "app.kubernetes.io/part-of": "promptops" } },
    spec: {
      serviceAccountName: props.serviceAccount,
      automountServiceAccountToken: false,
      enableServiceLinks: false,
      restartPolicy,
      terminationGracePeriodSeconds: SECONDS_BEFORE_STOP + drain + SECONDS_TO_SPARE,
      nodeSelector: { [POOL_LABEL]: placement.pool },
      securityContext: restrictedPod(user),
      tolerations: [
        ...(placement.tolerations ?? []),
        ...["node.kubernetes.io/unreachable", "node.kubernetes.io/not-ready"].map((key) => ({
          key,
          operator: "Exists",
          effect: "NoExecute",
          tolerationSeconds: SECONDS_UNREACHABLE,
        })),
      ],
      topologySpreadConstraints: placement.spreadOver.map((topologyKey) => ({
        topologyKey,
        maxSkew: 1,
        // A wish: with a zone lost, pods have to start in the others.
        whenUnsatisfiable: "ScheduleAnyway",
        labelSelector: { matchLabels: selectorLabels(name) },
        // Each version is spread by itself: the old one's pods, which are about to go, say nothing of where the new stand.
        matchLabelKeys: [versionLabel],
      })),
      containers: [container(props)],
      volumes: [
        { name: "tmp", emptyDir: { sizeLimit: Quantity.fromString("64Mi") } },
        ...(secret === undefined ? [] : [secretVolume(secret)]),
        ...(props.volumes ?? []),
      ],
    },
  };
}

function container(props: PodTemplateProps): Container {
  const { name, image, resources, ports, probes, command, args, environment, secret, mounts = [], gpus = 0 } = props;
  // A GPU is requested and limited alike: Kubernetes shares none.
  const devices = gpus > 0 ? { "nvidia.com/gpu": String(gpus) } : {};
  const secretMount = { name: "secrets", mountPath: SECRETS_FOLDER, readOnly: true };
  return {
    name,
    image,
    imagePullPolicy: "IfNotPresent",
    ...(command && { command: [...command] }),
    ...(args && { args: [...args] }),
    ...(environment && { env: Object.entries(environment).map(([key, value]): EnvVar => ({ name: key, value })) }),
    ...(ports && {
      ports: Object.entries(ports).map(([port, containerPort]) => ({ name: port, containerPort, protocol: "TCP" })),
    }),
    resources: {
      requests: quantities({ ...resources.requests, ...devices }),
      limits: quantities({ ...resources.limits, ...devices }),
    },
    ...(probes && { startupProbe: probes.startup, livenessProbe: probes.liveness, readinessProbe: probes.readiness }),
    securityContext: restrictedContainer,
    volumeMounts: [{ name: "tmp", mountPath: "/tmp" }, ...(secret === undefined ? [] : [secretMount]), ...mounts],
  };
}

function quantities(amounts: Readonly<Record<string, string>>): Record<string, Quantity> {
  return Object.fromEntries(
    Object.entries(amounts).map(([resource, amount]) => [resource, Quantity.fromString(amount)]),
  );
}

/** Readable by the pod's group alone. */
const secretVolume = (secretName: string): Volume => ({ name: "secrets", secret: { secretName, defaultMode: 0o440 } });
