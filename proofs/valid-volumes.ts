import { count } from "../platform/count.ts";
import { bytes } from "../platform/quantity.ts";
import type { ContainerSpec, KubernetesObject, VolumeMount } from "../plan/model/kubernetes.ts";
import type { PodSource } from "../plan/model/pods.ts";
import type { Proof } from "./proof.ts";
import { failuresOf } from "./rules.ts";

interface Volume {
  readonly name: string;
  readonly emptyDir?: { readonly sizeLimit?: string; readonly medium?: string };
  readonly secret?: { readonly defaultMode?: number };
  readonly configMap?: { readonly defaultMode?: number; readonly name?: string };
  readonly persistentVolumeClaim?: { readonly readOnly?: boolean };
}

interface SecurityContext {
  readonly readOnlyRootFilesystem?: boolean;
  readonly fsGroup?: number;
}

interface Mounting {
  readonly volumes?: readonly Volume[];
  readonly initContainers?: readonly ContainerSpec[];
  readonly containers: readonly ContainerSpec[];
  readonly securityContext?: SecurityContext;
}

/** Permissions of the group, which `fsGroup` makes the pod's: read. */
const GROUP_READ = 0o040;
const OTHER = 0o007;
const MIN_SCRATCH = 2 ** 20;
/** Half of the disk that nodes have at least. */
const MAX_SCRATCH = 50 * 2 ** 30;
/** What the kubelet knows: https://kubernetes.io/docs/concepts/storage/volumes/#emptydir. */
const MEDIUM = /^(Memory|HugePages(-.+)?)?$/;
/** Processes of a container share memory there. On a disk, they would share a disk. */
const SHARED_MEMORY = "/dev/shm";
/** Where programs write what they keep for a moment: Node, Python and shells all do. */
const SCRATCH = "/tmp";

export const validVolumes: Proof = {
  name: "valid-volumes",
  claim:
    "Every volume of our pods is mounted, at its own path; secrets are read-only and readable only by the pod's group.",
  examine({ podSources, objects }) {
    const ours = podSources.filter(({ addon }) => addon === undefined);
    const volumes = ours.flatMap(({ spec }) => (spec as Mounting).volumes ?? []);
    const manifests = objects.map(({ manifest }) => manifest);
    return {
      evidence: [`${count(volumes.length, "volume")} of ${count(ours.length, "workload")}`],
      failures: ours.flatMap((source) => [...podFailures(source), ...scriptFailures(source, manifests)]),
    };
  },
};

function podFailures({ description, spec }: PodSource): string[] {
  const { volumes = [], containers, initContainers = [], securityContext = {} } = spec as Mounting;
  const all = [...initContainers, ...containers];
  const mounted = new Set(all.flatMap(({ volumeMounts = [] }) => volumeMounts.map(({ name }) => name)));
  const failures = [
    ...volumes.filter(({ name }) => !mounted.has(name)).map(({ name }) => `no container mounts the volume ${name}.`),
    ...volumes.flatMap((volume) => modeFailures(volume, securityContext)),
    ...volumes.flatMap(sizeFailures),
    ...volumes.flatMap((volume) => sourceFailures(volume, mountsOf(volume, all))),
    ...all.flatMap(pathFailures),
    ...containers.slice(0, 1).flatMap(scratchFailures),
    ...all.flatMap((container) => writableFailures(container, volumes)),
  ];
  return failures.map((failure) => `${description}: ${failure}`);
}

function modeFailures({ name, secret, configMap }: Volume, { fsGroup }: SecurityContext): string[] {
  const mode = (secret ?? configMap)?.defaultMode;
  if (mode === undefined) return [];
  const octal = `0${mode.toString(8)}`;
  if (fsGroup !== undefined && (mode & GROUP_READ) === 0)
    return [`the pod's group cannot read ${name}, of mode ${octal}.`];
  if (secret && (mode & OTHER) !== 0) return [`anyone may read the secret ${name}, of mode ${octal}.`];
  return [];
}

/** Scratch is on the node's disk: without a limit one pod can fill it for all. */
function sizeFailures({ name, emptyDir }: Volume): string[] {
  if (!emptyDir) return [];
  const { sizeLimit } = emptyDir;
  const size = sizeLimit === undefined ? 0 : bytes(sizeLimit);
  return size >= MIN_SCRATCH && size <= MAX_SCRATCH
    ? []
    : [`${name} has the size limit '${sizeLimit ?? ""}', which must be 1Mi to 50Gi.`];
}

/** A script that a pod mounts is there to be run, by the shell that its name tells. */
function scriptFailures({ description, namespace, spec }: PodSource, objects: readonly KubernetesObject[]): string[] {
  const { volumes = [], containers } = spec as Mounting;
  return volumes.flatMap((volume) => {
    const map = objects.find(
      ({ kind, metadata }) =>
        kind === "ConfigMap" && metadata.namespace === namespace && metadata.name === volume.configMap?.name,
    ) as { readonly data?: object } | undefined;
    const [mount] = mountsOf(volume, containers);
    const scripts = Object.keys(map?.data ?? {}).filter((key) => key.endsWith(".sh"));
    return scripts
      .map((script) => `${mount?.mountPath ?? ""}/${script}`)
      .filter(
        (path) => !containers.some(({ command = [] }) => /^(ba|da)?sh$/.test(command[0] ?? "") && command[1] === path),
      )
      .map((path) => `${description}: nothing runs ${path}. Set command to a shell and the script.`);
  });
}

const mountsOf = ({ name }: Volume, containers: readonly ContainerSpec[]): VolumeMount[] =>
  containers.flatMap(({ volumeMounts = [] }) => volumeMounts.filter((mount) => mount.name === name));

/** The API server takes a volume without a source for an emptyDir. */
function sourceFailures({ name, ...source }: Volume, mounts: readonly VolumeMount[]): string[] {
  const { emptyDir, persistentVolumeClaim: claim } = source;
  const medium = emptyDir?.medium ?? "";
  const isSharedMemory = mounts.some(({ mountPath }) => mountPath === SHARED_MEMORY);
  const isReadAlone = claim !== undefined && mounts.every(({ readOnly }) => readOnly === true);
  return failuresOf([
    [Object.keys(source).length > 0, `${name} has no source, so it is an empty folder. Name one.`],
    [MEDIUM.test(medium), `${name} has the medium '${medium}', which the kubelet does not support.`],
    [!isSharedMemory || medium === "Memory", `${name} is mounted at ${SHARED_MEMORY}, but is not in memory.`],
    // A claim that is read-only attaches so to the node, whatever a container asks for.
    [!isReadAlone || claim.readOnly === true, `${name} is only read, but its claim allows writes. Set readOnly.`],
  ]);
}

function writableFailures({ name, volumeMounts = [] }: ContainerSpec, volumes: readonly Volume[]): string[] {
  const given = volumes.filter(({ secret, configMap }) => secret ?? configMap).map((volume) => volume.name);
  return volumeMounts
    .filter((mount) => given.includes(mount.name) && mount.readOnly !== true)
    .map((mount) => `${name} mounts ${mount.name} as writable. Set readOnly.`);
}

const isReadOnly = (container: ContainerSpec): boolean =>
  (container as { securityContext?: SecurityContext }).securityContext?.readOnlyRootFilesystem === true;

function pathFailures(container: ContainerSpec): string[] {
  const { name, volumeMounts = [] } = container;
  const paths = volumeMounts.map(({ mountPath }) => mountPath);
  const twice = paths.filter((path, at) => paths.indexOf(path) !== at);
  return [
    ...(isReadOnly(container) ? [] : [`${name} can write to its root filesystem. Set readOnlyRootFilesystem.`]),
    ...twice.map((path) => `${name} mounts two volumes at ${path}.`),
  ];
}

/** Sidecars may do without. */
function scratchFailures(container: ContainerSpec): string[] {
  const hasScratch = (container.volumeMounts ?? []).some(({ mountPath }) => mountPath === SCRATCH);
  return !isReadOnly(container) || hasScratch
    ? []
    : [`${container.name} cannot write to ${SCRATCH}. Mount an emptyDir.`];
}
