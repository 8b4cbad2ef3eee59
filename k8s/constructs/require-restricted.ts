import type { Construct } from "constructs";
import type { Container, PodTemplateSpec, SecurityContext, Volume } from "../objects.ts";

/** What `restricted` allows: https://kubernetes.io/docs/concepts/security/pod-security-standards (2026-11-24). */
const VOLUME_TYPES = [
  "configMap",
  "csi",
  "downwardApi",
  "emptyDir",
  "ephemeral",
  "persistentVolumeClaim",
  "projected",
  "secret",
];
const CAPABILITIES = ["NET_BIND_SERVICE"];
const SECCOMP_PROFILES = ["RuntimeDefault", "Localhost"];
const SELINUX_TYPES = ["container_t", "container_init_t", "container_kvm_t", "container_engine_t"];

/**
 * Throws, with the construct's path, for a pod that Pod Security's `restricted` level or the API server rejects, or that reads a
 * secret from its environment.
 */
export function requireRestricted(
  scope: Construct,
  { spec }: PodTemplateSpec,
  /** Volumes that a StatefulSet's claims bring. */
  claims: readonly string[] = [],
): void {
  const { containers = [], initContainers = [], volumes = [] } = spec ?? {};
  const all = [...initContainers, ...containers];
  const names = [...claims, ...volumes.map(({ name }) => name)];
  const faults = [
    ...repeated("containers", all, ({ name }) => [name]),
    ...repeated("volumes", names, (name) => [name]),
    ...repeated("port names", all, ({ ports = [] }) => ports.map(({ name = "" }) => name)),
    ...repeated("ports", all, ({ ports = [] }) => ports.map(({ containerPort }) => String(containerPort))),
    ...volumes.flatMap(volumeFaults),
    ...all.flatMap((container) =>
      [
        ...containerFaults(container.securityContext ?? {}),
        ...mountFaults(container, names),
        ...envFaults(container),
      ].map((fault) => `container '${container.name}': ${fault}`),
    ),
  ];
  if (faults.length > 0) {
    throw new Error([`${scope.node.path}: the pod is not valid:`, ...faults].join("\n  "));
  }
}

function repeated<Item>(what: string, items: readonly Item[], keysOf: (item: Item) => readonly string[]): string[] {
  const keys = items.flatMap(keysOf);
  const twice = new Set(keys.filter((key, index) => keys.indexOf(key) !== index));
  return [...twice].map((key) => `two ${what} are called '${key}'. Rename one.`);
}

function volumeFaults({ name, ...sources }: Volume): string[] {
  return Object.keys(sources)
    .filter((type) => !VOLUME_TYPES.includes(type))
    .map((type) => `volume '${name}' is a ${type}; 'restricted' allows ${VOLUME_TYPES.join(", ")}.`);
}

function containerFaults(context: SecurityContext): string[] {
  const { capabilities = {}, seccompProfile, seLinuxOptions = {}, procMount = "Default" } = context;
  const rules: readonly [boolean, string][] = [
    [context.privileged !== true, "'privileged' must be false."],
    [context.allowPrivilegeEscalation === false, "'allowPrivilegeEscalation' must be false."],
    [context.runAsNonRoot !== false, "'runAsNonRoot' must not be false."],
    [context.runAsUser !== 0, "'runAsUser' must not be 0."],
    [capabilities.drop?.includes("ALL") === true, "'capabilities.drop' must have ALL."],
    [
      (capabilities.add ?? []).every((name) => CAPABILITIES.includes(name)),
      `'capabilities.add' is ${String(capabilities.add)}; only ${CAPABILITIES.join(", ")} may be added.`,
    ],
    [
      seccompProfile === undefined || SECCOMP_PROFILES.includes(seccompProfile.type),
      `'seccompProfile' must be ${SECCOMP_PROFILES.join(" or ")}.`,
    ],
    [
      seLinuxOptions.type === undefined || SELINUX_TYPES.includes(seLinuxOptions.type),
      `'seLinuxOptions.type' must be one of ${SELINUX_TYPES.join(", ")}.`,
    ],
    [
      seLinuxOptions.user === undefined && seLinuxOptions.role === undefined,
      "'seLinuxOptions' must have no user and no role.",
    ],
    [procMount === "Default", "'procMount' must be Default."],
    [context.windowsOptions?.hostProcess !== true, "'windowsOptions.hostProcess' must be false."],
  ];
  return rules.filter(([holds]) => !holds).map(([, rule]) => `${rule} 'restricted' requires it.`);
}

function mountFaults({ volumeMounts = [] }: Container, volumes: readonly string[]): string[] {
  return [
    ...volumeMounts
      .filter(({ name }) => !volumes.includes(name))
      .map(({ name }) => `mounts volume '${name}', but the pod has only ${volumes.join(", ")}.`),
    ...repeated("mounts", volumeMounts, ({ mountPath }) => [mountPath]),
  ];
}

function envFaults({ env = [] }: Container): string[] {
  return env
    .filter(({ valueFrom }) => valueFrom?.secretKeyRef !== undefined)
    .map(({ name }) => `variable '${name}' is read from a Secret. Mount the Secret as a file instead.`);
}
