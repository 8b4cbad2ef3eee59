const HOURS_PER_DAY = 24;

/** Backups that are taken on a schedule. */
export interface BackupTier {
  readonly name: string;
  /** Five cron fields, UTC. */
  readonly cron: string;
  /** At most so many hours lie between two backups. */
  readonly everyHours: number;
  /** How long each backup is kept, in hours. */
  readonly keepHours: number;
}

/**
 * Copies of the managed Postgres server, besides its own point-in-time recovery: they outlive the server. In the hours of RDS' own
 * backup and maintenance, and the hour before, a copy would fail.
 */
export const databaseCopyTiers: readonly BackupTier[] = [
  { name: "six-hourly", cron: "0 5,11,17,23 * * *", everyHours: 6, keepHours: 7 * HOURS_PER_DAY },
  { name: "weekly", cron: "0 9 * * SUN", everyHours: 7 * HOURS_PER_DAY, keepHours: 90 * HOURS_PER_DAY },
];

/** A store that can be lost as a whole. */
export type StoreKind = "postgres" | "objects" | "volumes";

/**
 * The recovery point objective: minutes of writes that a lost store may cost. What a volume holds besides Postgres can be made
 * again from its rows, such as queues.
 */
export const recoveryPointMinutes: Readonly<Record<StoreKind, number>> = { postgres: 15, objects: 15, volumes: 60 };

/**
 * Of the cluster's objects and volumes, from the most to the least frequent. `daily` is kept for 30 days; the others hold the last
 * 24 hours, 4 weeks and 12 months. A daily set kept for 7 days is part of the 30 days.
 */
export const backupTiers: readonly BackupTier[] = [
  { name: "hourly", cron: "0 * * * *", everyHours: 1, keepHours: HOURS_PER_DAY },
  { name: "daily", cron: "0 2 * * *", everyHours: HOURS_PER_DAY, keepHours: 30 * HOURS_PER_DAY },
  { name: "weekly", cron: "0 3 * * 0", everyHours: 7 * HOURS_PER_DAY, keepHours: 28 * HOURS_PER_DAY },
  { name: "monthly", cron: "0 4 1 * *", everyHours: 31 * HOURS_PER_DAY, keepHours: 365 * HOURS_PER_DAY },
];
