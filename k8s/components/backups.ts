import { CREDENTIALS_PROPERTY, namespaces, secretStore } from "../../platform/names.ts";
import { BackupSchedule } from "../constructs/backup-schedule.ts";
import { SecretFiles } from "../constructs/secret-files.ts";
import { BackupStorageLocation, BackupStorageLocationSpecAccessMode } from "../imports/velero.io.ts";
import type { Context } from "./context.ts";

const HOURS_A_DAY = 24;
const CREDENTIALS = "backup-credentials";

/**
 * Name, cron (UTC), hours kept. `daily` is kept for 30 days; the finer and coarser ones hold the last 24 hours, 4 weeks and
 * 12 months. A daily set kept for 7 days is part of the 30 days.
 */
const schedules = [
  { name: "hourly", cron: "0 * * * *", keepHours: HOURS_A_DAY },
  { name: "daily", cron: "0 2 * * *", keepHours: 30 * HOURS_A_DAY },
  { name: "weekly", cron: "0 3 * * 0", keepHours: 28 * HOURS_A_DAY },
  { name: "monthly", cron: "0 4 1 * *", keepHours: 365 * HOURS_A_DAY },
] as const;

/** What Velero keeps, and where. Nothing where the cloud has no object storage. */
export function addBackups({ environment, cloud, layers }: Context): void {
  if (!cloud.backups) return;
  const { bucket, config, credentials, volumes } = cloud.backups;
  if (credentials !== undefined) {
    new SecretFiles(layers.secrets, CREDENTIALS, {
      namespace: namespaces.velero,
      name: CREDENTIALS,
      store: secretStore,
      files: [{ file: CREDENTIALS_PROPERTY, key: cloud.secretKey(credentials), property: CREDENTIALS_PROPERTY }],
    });
  }
  new BackupStorageLocation(layers.backups, "location", {
    metadata: { name: "default", namespace: namespaces.velero },
    spec: {
      default: true,
      provider: "aws",
      objectStorage: { bucket },
      ...(credentials !== undefined && { credential: { name: CREDENTIALS, key: CREDENTIALS_PROPERTY } }),
      accessMode: BackupStorageLocationSpecAccessMode.READ_WRITE,
      config: { ...config },
    },
  });
  const hasData = environment.valkey !== undefined || environment.rabbitmq !== undefined;
  for (const schedule of schedules) {
    new BackupSchedule(layers.backups, schedule.name, {
      ...schedule,
      volumes,
      namespaces: [namespaces.application, namespaces.gateway, ...(hasData ? [namespaces.data] : [])],
      // Copied while it is written to, a database's files are worth little: CloudNativePG keeps its own backups.
      ...(hasData && { without: "cnpg.io/cluster" }),
    });
  }
}
