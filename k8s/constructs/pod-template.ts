import { JsonPatch } from "cdk8s";
import type { Construct } from "constructs";
import type { Placement } from "../../platform/placement.ts";
import { POOL_LABEL } from "../../platform/pools.ts";
import { NODE_USER, restrictedPod } from "../../platform/security-context.ts";
import type { Resources } from "../../platform/service.ts";
import { type Container, type PodTemplateSpec, Quantity, type Volume, type VolumeMount } from "../objects.ts";
import {
  containerOf,
  type EnvironmentValue,
  type InitContainerProps,
  type Probes,
  type SidecarProps,
  sidecarOf,
} from "./containers.ts";
import { commonLabels, selectorLabels } from "./labels.ts";
import { requireRestricted } from "./require-restricted.ts";

/** Seconds between a pod's leaving its Services and SIGTERM: routes elsewhere still point at it for a moment. */
export const SECONDS_BEFORE_STOP = 5;
/** Seconds between the end of the drain and SIGKILL. */
const SECONDS_TO_SPARE = 5;
/**
 * Seconds until the pods of a lost node are replaced. Kubernetes' own five minutes suit pods with a volume; a second copy of
 * the others does no harm.
 */
const SECONDS_UNREACHABLE = 30;
export const SECRETS_FOLDER = "/etc/promptops/secrets";

/** `sleep` needs no shell in the image. Newer than the library of kinds (KEP-3960, Kubernetes 1.30). */
export const stopLate = JsonPatch.add("/spec/template/spec/containers/0/lifecycle", {
  preStop: { sleep: { seconds: SECONDS_BEFORE_STOP } },
});

/** What a caller may add to the pods of a construct. */
export interface PodOptions {
  /** @default - the image's entrypoint */
  readonly command?: readonly string[];
  /** @default - the image's own */
  readonly args?: readonly string[];
  /** Variables by name. Secrets are read from files, so a `secretKeyRef` is refused. @default - none */
  readonly environment?: Readonly<Record<string, EnvironmentValue>>;
  /** The Secret whose keys appear as files in SECRETS_FOLDER. @default - none */
  readonly secret?: string;
  /** Beside `tmp`, an empty one of 64Mi, and `secrets`. @default - none */
  readonly volumes?: readonly Volume[];
  /** Mounts of the main container, beside `/tmp` and SECRETS_FOLDER. @default - none */
  readonly mounts?: readonly VolumeMount[];
  /** Containers that run one after the other before anything else starts. @default - none */
  readonly initContainers?: readonly InitContainerProps[];
  /** Containers that start after the init containers and run beside the main one: native sidecars. @default - none */
  readonly sidecars?: readonly SidecarProps[];
  /** Beside the name, version and part-of labels, which cannot be replaced. @default - none */
  readonly podLabels?: Readonly<Record<string, string>>;
  /** @default - none */
  readonly podAnnotations?: Readonly<Record<string, string>>;
  /** @default - the cluster's default priority */
  readonly priorityClass?: string;
  /** Secrets of type dockerconfigjson, in the same namespace. @default - none: nodes may pull the image */
  readonly imagePullSecrets?: readonly string[];
}

export interface PodTemplateProps extends PodOptions {
  readonly name: string;
  readonly image: string;
  readonly version: string;
  readonly serviceAccount: string;
  readonly placement: Placement;
  readonly resources: Resources;
  /** GPUs per pod. @default 0 */
  readonly gpus?: number;
  /** Seconds that work in hand may take to end after SIGTERM. */
  readonly drain: number;
  /** @default - none */
  readonly ports?: Readonly<Record<string, number>>;
  /** @default - none, as in a job */
  readonly probes?: Probes;
  /** The label by which the pods' owner distinguishes versions. @default "pod-template-hash" */
  readonly versionLabel?: string;
  /** @default 1000, the user `node` */
  readonly user?: number;
  /** @default "Always" */
  readonly restartPolicy?: "Always" | "OnFailure" | "Never";
  /** Seconds until the pods of a lost node are replaced. @default 30 */
  readonly secondsUnreachable?: number;
  /** Names of volumes that a StatefulSet's claims bring. @default - none */
  readonly claims?: readonly string[];
}

/**
 * A pod that Pod Security's `restricted` level admits, on its pool, spread over what fails together. Throws, with the construct's
 * path, for options that do not meet that level.
 */
export function podTemplate(scope: Construct, props: PodTemplateProps): PodTemplateSpec {
  const { name, version, drain, user = NODE_USER, restartPolicy = "Always", priorityClass } = props;
  const { initContainers = [], sidecars = [], imagePullSecrets = [], podAnnotations } = props;
  const template: PodTemplateSpec = {
    metadata: {
      labels: labelsOf(scope, props.podLabels, {
        ...commonLabels(name, version),
        "app.kubernetes.io/part-of": "promptops",
      }),
      ...(podAnnotations && { annotations: { ...podAnnotations } }),
    },
    spec: {
      serviceAccountName: props.serviceAccount,
      automountServiceAccountToken: false,
      enableServiceLinks: false,
      restartPolicy,
      terminationGracePeriodSeconds: SECONDS_BEFORE_STOP + drain + SECONDS_TO_SPARE,
      ...(priorityClass !== undefined && { priorityClassName: priorityClass }),
      ...(imagePullSecrets.length > 0 && { imagePullSecrets: imagePullSecrets.map((secret) => ({ name: secret })) }),
      ...schedulingOf(props),
      securityContext: restrictedPod(user),
      ...(initContainers.length + sidecars.length > 0 && {
        initContainers: [...initContainers.map((each) => containerOf(each)), ...sidecars.map(sidecarOf)],
      }),
      containers: [mainContainer(props)],
      volumes: volumesOf(props),
    },
  };
  requireRestricted(scope, template, props.claims);
  return template;
}

function labelsOf(
  scope: Construct,
  added: Readonly<Record<string, string>> = {},
  own: Readonly<Record<string, string>>,
): Record<string, string> {
  const replaced = Object.keys(added).filter((label) => Object.hasOwn(own, label));
  if (replaced.length > 0) {
    throw new Error(`${scope.node.path}: 'podLabels' replaces ${replaced.join(", ")}, which selectors use. Remove it.`);
  }
  return { ...added, ...own };
}

function schedulingOf({
  name,
  placement,
  versionLabel = "pod-template-hash",
  restartPolicy = "Always",
  secondsUnreachable = SECONDS_UNREACHABLE,
}: PodTemplateProps): Pick<
  NonNullable<PodTemplateSpec["spec"]>,
  "nodeSelector" | "tolerations" | "topologySpreadConstraints"
> {
  return {
    nodeSelector: { [POOL_LABEL]: placement.pool },
    tolerations: [
      ...(placement.tolerations ?? []),
      ...["node.kubernetes.io/unreachable", "node.kubernetes.io/not-ready"].map((key) => ({
        key,
        operator: "Exists",
        effect: "NoExecute",
        tolerationSeconds: secondsUnreachable,
      })),
    ],
    // A job has one pod, which is apart from nothing.
    ...(restartPolicy === "Always" && {
      topologySpreadConstraints: placement.spreadOver.map((topologyKey) => ({
        topologyKey,
        maxSkew: 1,
        // A preference: when a zone is lost, pods have to start in the others.
        whenUnsatisfiable: "ScheduleAnyway",
        labelSelector: { matchLabels: selectorLabels(name) },
        // Each version is spread on its own: where the old version's pods are does not matter, they are about to go.
        matchLabelKeys: [versionLabel],
      })),
    }),
  };
}

function mainContainer(props: PodTemplateProps): Container {
  const { secret, mounts = [], gpus = 0 } = props;
  const secretMount = { name: "secrets", mountPath: SECRETS_FOLDER, readOnly: true };
  return containerOf(
    {
      ...props,
      mounts: [{ name: "tmp", mountPath: "/tmp" }, ...(secret === undefined ? [] : [secretMount]), ...mounts],
    },
    gpus,
  );
}

const volumesOf = ({ secret, volumes = [] }: PodTemplateProps): Volume[] => [
  { name: "tmp", emptyDir: { sizeLimit: Quantity.fromString("64Mi") } },
  // Readable by the pod's group alone.
  ...(secret === undefined ? [] : [{ name: "secrets", secret: { secretName: secret, defaultMode: 0o440 } }]),
  ...volumes,
];
