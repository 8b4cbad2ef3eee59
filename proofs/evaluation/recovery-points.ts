import { describeObject, type KubernetesObject } from "../../plan/model/kubernetes.ts";
import type { Plan } from "../../plan/model/plan.ts";
import { type CloudSafety, VERSIONS } from "../../plan/model/safety.ts";
import type { Scheduled } from "./schedules.ts";

/** What may be lost of a store. */
export interface RecoveryPoint {
  readonly kind: keyof NonNullable<Plan["expected"]["recoveryPoints"]>;
  readonly store: string;
  /** Minutes of the latest writes; Infinity where nothing brings them back. */
  readonly minutes: number;
}

interface ClusterSpec {
  readonly plugins?: readonly { readonly isWALArchiver?: boolean; readonly enabled?: boolean }[];
  readonly postgresql?: { readonly parameters?: Readonly<Record<string, string>> };
}

const isCluster = ({ apiVersion, kind }: KubernetesObject): boolean =>
  kind === "Cluster" && apiVersion.startsWith("postgresql.cnpg.io/");

/** Servers of the cloud, and of CloudNativePG. */
export function postgresPoints(
  { retentions }: CloudSafety,
  objects: readonly KubernetesObject[],
  scheduled: readonly Scheduled[],
): RecoveryPoint[] {
  const managed = retentions.filter((retention) => retention.of === "point-in-time recovery");
  return [
    ...managed.map(({ name, days, lossMinutes = 0 }): RecoveryPoint => ({
      kind: "postgres",
      store: name,
      minutes: days > 0 ? lossMinutes : Infinity,
    })),
    ...objects
      .filter(isCluster)
      .map((object): RecoveryPoint => ({
        kind: "postgres",
        store: describeObject(object),
        minutes: minutesOfCluster(object, scheduled),
      })),
  ];
}

/** A log without a full copy to apply it to brings nothing back. */
function minutesOfCluster({ metadata, spec }: KubernetesObject, scheduled: readonly Scheduled[]): number {
  const { plugins = [], postgresql } = spec as ClusterSpec;
  const isArchived = plugins.some(({ isWALArchiver, enabled }) => isWALArchiver === true && enabled !== false);
  const isCopied = scheduled.some(
    ({ object, hours, isSuspended }) =>
      object.kind === "ScheduledBackup" &&
      object.metadata.namespace === metadata.namespace &&
      (object.spec as { cluster?: { name?: string } }).cluster?.name === metadata.name &&
      hours !== undefined &&
      !isSuspended,
  );
  const timeout = postgresql?.parameters?.["archive_timeout"] ?? ARCHIVE_TIMEOUT;
  return isArchived && isCopied ? minutesOf(timeout) : Infinity;
}

/** How long an operator leaves a log open that is not full: https://cloudnative-pg.io/documentation/current/wal_archiving (2026-11-28). */
const ARCHIVE_TIMEOUT = "5min";

const MINUTES: Readonly<Record<string, number>> = { ms: 1 / 60_000, s: 1 / 60, min: 1, h: 60, d: 1440 };

/** A duration as PostgreSQL reads it, in seconds without a unit; 0 leaves the log open until it is full. */
function minutesOf(duration: string): number {
  const [, amount, unit = "s"] = /^(\d+)\s*(ms|s|min|h|d)?$/.exec(duration.trim()) ?? [];
  return Number(amount ?? 0) * (MINUTES[unit] ?? NaN) || Infinity;
}

/** A bucket that keeps versions loses nothing that is overwritten or deleted. */
export const objectPoints = ({ holders }: CloudSafety): RecoveryPoint[] =>
  holders.flatMap(({ name, guards }) =>
    guards
      .filter(({ what }) => what === VERSIONS)
      .map(({ on }): RecoveryPoint => ({ kind: "objects", store: name, minutes: on ? 0 : Infinity })),
  );

/** Volumes of a namespace come back as of its last backup with volumes. */
export function volumePoint(namespace: string, backups: readonly Scheduled[]): RecoveryPoint {
  const hours = backups
    .filter(({ object, isSuspended }) => !isSuspended && keepsVolumesOf(object, namespace))
    .map((backup) => backup.hours ?? Infinity);
  return { kind: "volumes", store: `volumes of ${namespace}`, minutes: 60 * Math.min(Infinity, ...hours) };
}

export interface BackupTemplate {
  readonly ttl?: string;
  readonly includedNamespaces?: readonly string[];
  readonly snapshotVolumes?: boolean;
  readonly defaultVolumesToFsBackup?: boolean;
}

export const templateOf = ({ spec = {} }: KubernetesObject): BackupTemplate =>
  (spec as { readonly template?: BackupTemplate }).template ?? {};

export const includesNamespace = ({ includedNamespaces = ["*"] }: BackupTemplate, namespace: string): boolean =>
  includedNamespaces.includes("*") || includedNamespaces.includes(namespace);

export const keepsVolumes = ({ snapshotVolumes, defaultVolumesToFsBackup }: BackupTemplate): boolean =>
  snapshotVolumes === true || defaultVolumesToFsBackup === true;

function keepsVolumesOf(object: KubernetesObject, namespace: string): boolean {
  const template = templateOf(object);
  return keepsVolumes(template) && includesNamespace(template, namespace);
}
