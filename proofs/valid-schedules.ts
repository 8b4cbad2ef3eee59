import { Cron } from "croner";
import { describeObject, type KubernetesObject } from "../plan/model/kubernetes.ts";
import type { Plan } from "../plan/model/plan.ts";
import { secondsOf } from "./evaluation/durations.ts";
import type { Proof } from "./proof.ts";

/** Runs that are looked at: more than a year of months, more than a day of hours. */
const RUNS = 60;
/** Any day will do, as long as two plans of the same objects say the same. A leap year is ahead. */
const FROM = new Date("2027-01-01T00:00:00Z");
const HOUR = 3_600_000;
/** A backup with its snapshots takes minutes. */
const MIN_HOURS = 0.25;

type BackupTier = Plan["expected"]["backups"][number];

interface Scheduled {
  readonly object: KubernetesObject;
  readonly cron: string;
  /** Between two runs, at most; undefined for a schedule that is invalid or that runs no second time. */
  readonly hours: number | undefined;
}

interface BackupSpec {
  readonly schedule: string;
  readonly paused?: boolean;
  readonly template: {
    readonly ttl?: string;
    readonly includedNamespaces?: readonly string[];
    readonly excludedResources?: readonly string[];
    readonly snapshotVolumes?: boolean;
    readonly defaultVolumesToFsBackup?: boolean;
  };
}

export const validSchedules: Proof = {
  name: "valid-schedules",
  claim: "Every schedule runs, and backups are as frequent, as complete and as long kept as declared.",
  examine({ objects, expected }) {
    const manifests = objects.map(({ manifest }) => manifest);
    const scheduled = manifests.flatMap(scheduleOf);
    const backups = scheduled.filter(({ object }) => object.kind === "Schedule");
    const kept = namespacesToKeep(manifests);
    return {
      evidence: [
        `${scheduled.length} schedules${scheduled.length > 0 ? `: ${scheduled.map(({ object, hours }) => `${object.metadata.name} each ${hours ?? "?"} h`).join(", ")}` : ""}`,
      ],
      failures: [
        ...scheduled.flatMap(runFailures),
        ...backups.flatMap(({ object, hours }) => backupFailures(object, hours, kept)),
        ...expected.backups.flatMap((tier) => tierFailures(tier, backups)),
      ],
    };
  },
};

/** Objects that have a schedule: the field is `schedule` in every kind that is in use, and five or six fields of cron. */
function scheduleOf(object: KubernetesObject): Scheduled[] {
  const cron = (object.spec as { schedule?: unknown } | undefined)?.schedule;
  return typeof cron === "string" ? [{ object, cron, hours: longestGap(cron) }] : [];
}

function longestGap(cron: string): number | undefined {
  try {
    const runs = new Cron(cron, { timezone: "Etc/UTC" }).nextRuns(RUNS, FROM).map(Number);
    const gaps = runs.slice(1).map((run, at) => run - (runs[at] ?? run));
    return gaps.length > 0 ? Math.max(...gaps) / HOUR : undefined;
  } catch {
    return undefined;
  }
}

const runFailures = ({ object, cron, hours }: Scheduled): string[] => [
  ...(hours === undefined ? [`${describeObject(object)}: the schedule '${cron}' never runs twice. Correct it.`] : []),
  ...(isSuspended(object) ? [`${describeObject(object)} is suspended, so it never runs.`] : []),
];

function isSuspended({ spec }: KubernetesObject): boolean {
  const { suspend, paused } = spec as { suspend?: unknown; paused?: unknown };
  return suspend === true || paused === true;
}

/** Backups leave out what bears this label: what can be made again, such as a cache. */
const EXCLUDED = "velero.io/exclude-from-backup";

/** Namespaces in which objects claim volumes that must be kept. */
function namespacesToKeep(objects: readonly KubernetesObject[]): string[] {
  const claiming = objects
    .filter(({ kind, spec }) => kind === "PersistentVolumeClaim" || claimsVolumes(spec))
    .filter(({ metadata }) => metadata.labels?.[EXCLUDED] !== "true");
  return [...new Set(claiming.map(({ metadata }) => metadata.namespace ?? "default"))];
}

const claimsVolumes = (spec: unknown): boolean => {
  const { volumeClaimTemplates, persistence } = (spec ?? {}) as {
    volumeClaimTemplates?: unknown;
    persistence?: unknown;
  };
  return volumeClaimTemplates !== undefined || persistence !== undefined;
};

function backupFailures(object: KubernetesObject, hours: number | undefined, kept: readonly string[]): string[] {
  const { template } = object.spec as BackupSpec;
  const { includedNamespaces = ["*"], snapshotVolumes, defaultVolumesToFsBackup, ttl } = template;
  const name = describeObject(object);
  const left = includedNamespaces.includes("*") ? [] : kept.filter((each) => !includedNamespaces.includes(each));
  const failures = left.map((each) => `${name} leaves out the namespace ${each}, whose pods keep data.`);
  if (snapshotVolumes !== true && defaultVolumesToFsBackup !== true)
    failures.push(`${name} keeps no volumes. Set snapshotVolumes or defaultVolumesToFsBackup.`);
  if (hours !== undefined && hours < MIN_HOURS)
    failures.push(`${name} makes a backup each ${hours} h, before the last is done.`);
  // Without a ttl, a backup is kept for 30 days.
  if (ttl !== undefined && hours !== undefined && !(hoursOf(ttl) >= 2 * hours))
    failures.push(`${name} keeps a backup for ${ttl} and makes one each ${hours} h: after one failure none is left.`);
  return failures;
}

function tierFailures({ name, everyHours, keepHours }: BackupTier, backups: readonly Scheduled[]): string[] {
  const meets = ({ object, hours }: Scheduled): boolean => {
    const { ttl } = (object.spec as BackupSpec).template;
    return hours !== undefined && hours <= everyHours && (ttl === undefined ? 30 * 24 : hoursOf(ttl)) >= keepHours;
  };
  if (backups.some(meets)) return [];
  return [`No schedule makes a ${name} backup: one each ${everyHours} h that is kept for ${keepHours} h.`];
}

/** Go writes a duration as `720h0m0s`. */
const hoursOf = (duration: string): number => secondsOf(duration) / 3600;
