import { count } from "../platform/count.ts";
import { describeObject, type KubernetesObject } from "../plan/model/kubernetes.ts";
import type { Plan } from "../plan/model/plan.ts";
import { queriesOf } from "../plan/model/queries.ts";
import { secondsOf } from "./evaluation/durations.ts";
import {
  type BackupTemplate,
  includesNamespace,
  keepsVolumes,
  objectPoints,
  postgresPoints,
  type RecoveryPoint,
  templateOf,
  volumePoint,
} from "./evaluation/recovery-points.ts";
import { expiryAlert, renewalOf } from "./evaluation/renewals.ts";
import { type Scheduled, scheduleOf } from "./evaluation/schedules.ts";
import type { Proof } from "./proof.ts";
import { failuresOf } from "./rules.ts";

/** A backup with its snapshots takes minutes. */
const MIN_HOURS = 0.25;
const DAY = 86_400;
/** cert-manager tries again after 1, 2, 4, 8, 16 and 32 hours: failedIssuanceAttempts in https://cert-manager.io/docs/reference/api-docs/ (2026-11-28). */
const RETRIES = 63 * 3600;
/** A weekend: what a person has to act in. */
const MIN_NOTICE = 3 * DAY;

type BackupTier = Plan["expected"]["backups"][number];

export const validSchedules: Proof = {
  name: "valid-schedules",
  claim:
    "Every schedule runs, the loss of a store stays within its recovery point objective, backups are kept as long as declared, and certificates are renewed in time.",
  examine({ objects, expected, safety }) {
    const manifests = objects.map(({ manifest }) => manifest);
    const isOnDemand = ({ object: { kind, metadata } }: Scheduled): boolean =>
      kind === "CronJob" && expected.onDemand.includes(metadata.name);
    const all = manifests.flatMap(scheduleOf);
    const scheduled = all.filter((each) => !isOnDemand(each));
    const backups = scheduled.filter(({ object }) => object.kind === "Schedule");
    const kept = namespacesToKeep(manifests);
    const points = [
      ...postgresPoints(safety, manifests, scheduled),
      ...objectPoints(safety),
      ...kept.map((namespace) => volumePoint(namespace, backups)),
    ];
    const certificates = manifests.filter(({ kind }) => kind === "Certificate");
    const alertAt = expiryAlert(queriesOf(manifests));
    return {
      evidence: [
        `${count(scheduled.length, "schedule")}${scheduled.length > 0 ? `: ${scheduled.map(({ object, hours }) => `${object.metadata.name} every ${hours ?? "?"} h`).join(", ")}` : ""}`,
        ...(expected.recoveryPoints ? [`lost at most: ${points.map(lossOf).join(", ")}`] : []),
        ...certificates.map((certificate) => renewalText(certificate, alertAt)),
      ],
      failures: [
        ...scheduled.flatMap(runFailures),
        ...all.filter(isOnDemand).flatMap(demandFailures),
        ...backups.flatMap(({ object, hours }) => backupFailures(object, hours, kept)),
        ...expected.backups.flatMap((tier) => tierFailures(tier, backups)),
        ...pointFailures(points, expected),
        ...manifests.flatMap((object) => logFailures(object, expected)),
        ...certificates.flatMap((certificate) => renewalFailures(certificate, alertAt)),
      ],
    };
  },
};

const runFailures = ({ object, cron, hours, isSuspended }: Scheduled): string[] => [
  ...(hours === undefined ? [`${describeObject(object)}: the schedule '${cron}' never runs twice. Correct it.`] : []),
  ...(isSuspended ? [`${describeObject(object)} is suspended, so it never runs.`] : []),
];

const demandFailures = ({ object, isSuspended }: Scheduled): string[] =>
  isSuspended ? [] : [`${describeObject(object)} starts by itself, but only an operator may start it. Set 'suspend'.`];

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
  const template = templateOf(object);
  const { ttl } = template;
  const name = describeObject(object);
  const left = kept.filter((each) => !includesNamespace(template, each));
  const failures = left.map((each) => `${name} excludes the namespace ${each}, whose pods keep data.`);
  failures.push(...contentFailures(name, template));
  if (!keepsVolumes(template))
    failures.push(`${name} backs up no volumes. Set snapshotVolumes or defaultVolumesToFsBackup.`);
  if (hours !== undefined && hours < MIN_HOURS)
    failures.push(`${name} makes a backup every ${hours} h, before the last is done.`);
  // Without a ttl, a backup is kept for 30 days.
  if (ttl !== undefined && hours !== undefined && !(hoursOf(ttl) >= 2 * hours))
    failures.push(`${name} keeps a backup for ${ttl} and makes one every ${hours} h: after one failure none is left.`);
  return failures;
}

const contentFailures = (name: string, { includedNamespaces = [], ...volumes }: BackupTemplate): string[] =>
  failuresOf([
    [
      includedNamespaces.length > 0,
      `${name} covers every namespace, and a restore would overwrite the cluster's own. Name namespaces.`,
    ],
    [
      volumes.snapshotVolumes !== true || volumes.defaultVolumesToFsBackup !== true,
      `${name} backs up each volume twice. Set one of snapshotVolumes and defaultVolumesToFsBackup.`,
    ],
  ]);

function tierFailures({ name, everyHours, keepHours }: BackupTier, backups: readonly Scheduled[]): string[] {
  const meets = ({ object, hours }: Scheduled): boolean => {
    const { ttl } = templateOf(object);
    return hours !== undefined && hours <= everyHours && (ttl === undefined ? 30 * 24 : hoursOf(ttl)) >= keepHours;
  };
  // Alerts and runbooks know a schedule by its tier.
  if (backups.some((scheduled) => scheduled.object.metadata.name === name && meets(scheduled))) return [];
  return [
    `No schedule makes a ${name} backup: one of that name every ${everyHours} h that is kept for ${keepHours} h.`,
  ];
}

const lossOf = ({ store, minutes }: RecoveryPoint): string =>
  `${store} ${minutes === Infinity ? "everything" : `${minutes} min`}`;

function pointFailures(
  points: readonly RecoveryPoint[],
  { recoveryPoints }: Pick<Plan["expected"], "recoveryPoints">,
): string[] {
  if (!recoveryPoints) return [];
  return [
    ...points
      .filter(({ kind, minutes }) => minutes > recoveryPoints[kind])
      .map(
        (point) =>
          `${lossOf(point)} can be lost, and ${recoveryPoints[point.kind]} min may. Back it up or archive its log more often.`,
      ),
    ...(points.some(({ kind }) => kind === "postgres")
      ? []
      : ["No Postgres server can be restored to a point in time."]),
  ];
}

/** How far back the copies of a server in the cluster reach. A managed server's days are require-protection's. */
function logFailures(object: KubernetesObject, { recoveryDays }: Pick<Plan["expected"], "recoveryDays">): string[] {
  if (object.kind !== "ObjectStore") return [];
  const { retentionPolicy = "" } = object.spec as { retentionPolicy?: string };
  const [, amount, unit = ""] = /^([1-9]\d*)([dwm])$/.exec(retentionPolicy) ?? [];
  const days = Number(amount ?? 0) * (DAYS[unit] ?? 0);
  if (days >= recoveryDays) return [];
  return [
    `${describeObject(object)} keeps backups for '${retentionPolicy}'; ${recoveryDays} days are required. Raise it.`,
  ];
}

/** Units of the plug-in's retention policy. */
const DAYS: Readonly<Record<string, number>> = { d: 1, w: 7, m: 28 };

const renewalText = (certificate: KubernetesObject, alertAt: number | undefined): string =>
  `${describeObject(certificate)} is renewed ${renewalOf(certificate).before / DAY} d before it expires` +
  (alertAt === undefined ? "" : `, and an alert fires at ${alertAt / DAY} d`);

function renewalFailures(certificate: KubernetesObject, alertAt: number | undefined): string[] {
  const { lifetime, before } = renewalOf(certificate);
  const first = (alertAt ?? 0) + RETRIES;
  return failuresOf([
    [
      before < lifetime,
      `is valid for ${lifetime / DAY} d and renewed ${before / DAY} d before: always. Lower renewBefore.`,
    ],
    [
      before >= first,
      `is renewed ${before / DAY} d before it expires, and must be ${first / DAY} d before: the alert's bound, and six retries. Raise renewBefore.`,
    ],
    [
      alertAt === undefined || alertAt >= MIN_NOTICE,
      `expires ${(alertAt ?? 0) / DAY} d after its alert, and a person needs ${MIN_NOTICE / DAY}. Raise the alert's bound.`,
    ],
  ]).map((failure) => `${describeObject(certificate)} ${failure}`);
}

/** Go writes a duration as `720h0m0s`. */
const hoursOf = (duration: string): number => secondsOf(duration) / 3600;
