import { count } from "../platform/count.ts";
import { operatorContainers } from "../platform/catalogue/operator-pods.ts";
import { POOL_LABEL } from "../platform/names.ts";
import { type ContainerSpec, describeObject, type KubernetesObject, type PodSpec } from "../plan/model/kubernetes.ts";
import type { PodSource } from "../plan/model/pods.ts";
import type { Proof } from "./proof.ts";
import { failuresOf, type Rule } from "./rules.ts";

/** The cluster autoscaler kills what a node that it removes still runs after so many seconds: its --max-graceful-termination-sec. */
const MAX_GRACE = 600;
/** The users that a user namespace maps (KEP-127). */
const MAX_USER = 65_535;

export const validPods: Proof = {
  name: "valid-pods",
  claim:
    "Each of our pods names its pool, its ServiceAccount and its user ids, terminates in time, and runs the version in its labels.",
  examine({ podSources, objects }) {
    const ours = podSources.filter(({ addon }) => addon === undefined);
    return {
      evidence: [
        `${count(ours.length, "workload")}, ${count(ours.flatMap(({ spec }) => spec.containers).length, "container")}`,
      ],
      failures: [
        ...ours.flatMap((source) => failuresOf(rulesOf(source)).map((fault) => `${source.description}: ${fault}`)),
        ...objects.flatMap(({ manifest }) =>
          failuresOf(overrideRules(manifest)).map((fault) => `${describeObject(manifest)}: ${fault}`),
        ),
      ],
    };
  },
};

const rulesOf = (source: PodSource): Rule[] => [
  ...placeRules(source),
  ...identityRules(source),
  ...source.spec.containers.flatMap((container) => containerRules(container, source)),
];

function placeRules({ spec }: PodSource): Rule[] {
  const { nodeSelector = {}, terminationGracePeriodSeconds = 30, enableServiceLinks } = spec;
  return [
    [POOL_LABEL in nodeSelector, `its pods go to any pool. Select one by the label '${POOL_LABEL}'.`],
    [
      terminationGracePeriodSeconds <= MAX_GRACE,
      `its pods may take ${terminationGracePeriodSeconds} s to end, and are killed after ${MAX_GRACE} s where a node is removed. Lower terminationGracePeriodSeconds.`,
    ],
    [
      enableServiceLinks === false,
      "each Service of the namespace adds variables to its pods, which its program may take for settings. Set enableServiceLinks to false.",
    ],
  ];
}

function identityRules({ spec }: PodSource): Rule[] {
  const { serviceAccountName, automountServiceAccountToken, securityContext = {} } = spec;
  return [
    [
      serviceAccountName !== undefined && serviceAccountName !== "default",
      "its pods run as the account 'default', whose rights are those of every pod without a name. Name its own.",
    ],
    [
      automountServiceAccountToken !== undefined,
      "another object decides whether its pods get a token. Set automountServiceAccountToken.",
    ],
    userRule(securityContext),
  ];
}

interface Overriding {
  readonly override?: {
    readonly statefulSet?: { readonly spec?: { readonly template?: { readonly spec?: OverriddenPod } } };
  };
}

interface Restricted {
  readonly allowPrivilegeEscalation?: boolean;
  readonly capabilities?: { readonly drop?: readonly string[] };
}

interface OverriddenPod extends Partial<Omit<PodSpec, "securityContext">> {
  readonly securityContext?: PodSecurityContext;
}

const overriddenPod = (spec: unknown): OverriddenPod =>
  ((spec ?? {}) as Overriding).override?.statefulSet?.spec?.template?.spec ?? {};

/** An operator's own pods do not keep the level 'restricted', and the API server sees only what it makes of them. */
function overrideRules({ kind, spec }: KubernetesObject): Rule[] {
  const names = operatorContainers[kind];
  if (!names) return [];
  const { containers = [], initContainers = [], securityContext = {} } = overriddenPod(spec);
  const { runAsNonRoot, seccompProfile, ...users } = securityContext;
  const all = [...initContainers, ...containers];
  const found = all.map(({ name }) => name);
  return [
    [
      [...found].toSorted().join(",") === [...names].toSorted().join(","),
      `changes the containers ${found.join(", ")}, and its operator makes ${names.join(", ")}.`,
    ],
    [runAsNonRoot === true && seccompProfile?.type === "RuntimeDefault", "its pods are not 'restricted'."],
    userRule(users),
    ...all.map(restrictedRule),
  ];
}

function restrictedRule(container: ContainerSpec): Rule {
  const { securityContext = {} } = container as { readonly securityContext?: Restricted };
  return [
    securityContext.allowPrivilegeEscalation === false && securityContext.capabilities?.drop?.includes("ALL") === true,
    `${container.name} is not 'restricted'. Refuse privilege escalation, and drop all capabilities.`,
  ];
}

interface Users {
  readonly runAsUser?: number;
  readonly runAsGroup?: number;
  readonly fsGroup?: number;
}

interface PodSecurityContext extends Users {
  readonly runAsNonRoot?: boolean;
  readonly seccompProfile?: { readonly type?: string };
}

function userRule({ runAsUser, runAsGroup, fsGroup }: Users): Rule {
  const ids = [runAsUser, runAsGroup, fsGroup];
  return [
    ids.every((id) => id !== undefined && id > 0 && id <= MAX_USER),
    `runAsUser, runAsGroup and fsGroup are ${ids.map((id) => id ?? "none").join(", ")}, and must be 1 to ${MAX_USER}: what a user namespace maps.`,
  ];
}

function containerRules({ name, image = "", imagePullPolicy }: ContainerSpec, source: PodSource): Rule[] {
  const tag = /:([^:/@]+)$/.exec(image)?.[1];
  const version = source.labels["app.kubernetes.io/version"] ?? "";
  // What helps the main container has names and versions of its own.
  const isMain = source.spec.containers[0]?.name === name;
  return [
    [imagePullPolicy !== "Never", `${name} never pulls its image, so a new node cannot start it.`],
    [
      !isMain || name === source.name,
      `its first container is '${name}': logs and metrics of '${source.name}' are selected by its own name.`,
    ],
    [
      !isMain || tag === undefined || bare(tag) === bare(version),
      `its version label is '${version}', and it runs '${image}'. Make them equal.`,
    ],
  ];
}

/** Versions are written with and without a v. */
const bare = (version: string): string => version.replace(/^v/, "");
