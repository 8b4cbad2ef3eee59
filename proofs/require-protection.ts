import { count } from "../platform/count.ts";
import type { DatabaseBackups, DataHolder, Retention } from "../plan/model/safety.ts";
import type { RecordedResource } from "../plan/model/recorded.ts";
import type { DeclaredCloud } from "../plan/model/declared.ts";
import { longestGap } from "./evaluation/schedules.ts";
import type { Proof } from "./proof.ts";

/** A week: long enough to notice a loss after a weekend or a holiday. */
const MIN_DAYS = 7;
/** A month of logs: an intrusion is noticed weeks later. */
const MIN_LOG_DAYS = 30;

export const requireProtection: Proof = {
  name: "require-protection",
  claim:
    "Data stores refuse deletion in protected environments, keep versions and logs, and can be restored as far back as declared.",
  examine({ safety: { holders, retentions, databases }, expected: { cloud }, resources }) {
    const guards = holders.flatMap((holder) => holder.guards);
    return {
      evidence: [
        `${count(holders.length, "resource")} with data, ${guards.filter(({ on }) => on).length} of ${count(guards.length, "guard")} on, ${count(retentions.length, "retention period")}`,
      ],
      failures: [
        ...holders.flatMap((holder) => holderFailures(holder, cloud.protect)),
        ...resources.filter(({ protect }) => protect).flatMap((each) => needlessFailures(each, holders, cloud.protect)),
        ...retentions.flatMap((retention) => retentionFailures(retention, cloud)),
        ...databases.flatMap((database) => [...copyFailures(database, cloud), ...standbyFailures(database, cloud)]),
      ],
    };
  },
};

function holderFailures({ name, protect, guards }: DataHolder, isProtected: boolean): string[] {
  return [
    ...(isProtected && !protect
      ? [`${name} can be deleted by Pulumi, and the environment is protected. Set 'protect'.`]
      : []),
    ...guards
      .filter(({ on, always }) => !on && (isProtected || always))
      .map(({ what }) => `${name} lacks: ${what}. Add it.`),
  ];
}

/** Pulumi refuses to replace what it protects, and what holds nothing is replaced by ordinary changes. */
function needlessFailures(
  { type, name }: RecordedResource,
  holders: readonly DataHolder[],
  isProtected: boolean,
): string[] {
  const described = `${type.split(":").at(-1) ?? type} '${name}'`;
  if (!isProtected) return [`${described} is protected, and the environment is not. Remove 'protect'.`];
  return holders.some((holder) => holder.name === described)
    ? []
    : [`${described} is protected and holds no data, so a change that replaces it stops. Remove 'protect'.`];
}

interface Expected {
  readonly protect: boolean;
  readonly recoveryDays: number | undefined;
}

function retentionFailures({ name, of, days }: Retention, expected: Expected): string[] {
  const least = leastDays(of, expected);
  if (days < least) return [`${name}: ${of} for ${days} days, and must be for ${least}. Raise it.`];
  return days === Infinity && of === "logs" ? [`${name}: logs never expire. Say for how many days to keep them.`] : [];
}

const HOURS_PER_DAY = 24;

/** A copy of each kind, and none that is kept for good. */
function copyFailures({ database, copies }: DatabaseBackups, { databaseCopies }: DeclaredCloud): string[] {
  const missing = databaseCopies.filter(
    ({ everyHours, keepHours }) =>
      !copies.some(
        ({ cron, keepDays }) => keepDays * HOURS_PER_DAY >= keepHours && (longestGap(cron) ?? Infinity) <= everyHours,
      ),
  );
  return [
    ...missing.map(
      ({ everyHours, keepHours }) =>
        `${database} is not copied to a vault every ${everyHours} hours and kept for ${keepHours / HOURS_PER_DAY} days. Add a rule to its backup plan.`,
    ),
    ...copies
      .filter(({ keepDays }) => keepDays === Infinity)
      .map(({ cron }) => `${database}: copies of '${cron}' never expire. Say for how many days to keep them.`),
  ];
}

function standbyFailures(
  { database, standbys }: DatabaseBackups,
  { standbyRegion, recoveryDays = 0 }: DeclaredCloud,
): string[] {
  const away = standbys.filter(({ region }) => region !== standbyRegion);
  const home = standbys.filter(({ region, keepDays }) => region === standbyRegion && keepDays >= recoveryDays);
  return [
    ...away.map(
      ({ region }) => `${database} sends its backups to '${region}', which is not 'backups.standbyRegion'. Remove it.`,
    ),
    ...(standbyRegion !== undefined && home.length === 0
      ? [`${database} does not replicate ${recoveryDays} days of backups to ${standbyRegion}. Replicate them.`]
      : []),
  ];
}

/** Without protection an environment may be destroyed at once, secrets included. Keys are of other environments' backups too. */
function leastDays(of: Retention["of"], { protect, recoveryDays = 0 }: Expected): number {
  switch (of) {
    case "point-in-time recovery":
      return recoveryDays;
    case "logs":
      return MIN_LOG_DAYS;
    case "deleted secrets":
      return protect ? MIN_DAYS : 0;
    case "deleted keys":
    case "old versions":
      return MIN_DAYS;
  }
}
