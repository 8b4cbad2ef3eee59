import type { AddObjects } from "../../k8s/context.ts";
import { BackupStorageLocation, BackupStorageLocationSpecAccessMode } from "../../k8s/imports/velero.io.ts";
import { providerOf } from "../../platform/installed-addons.ts";
import { CREDENTIALS_PROPERTY, namespaces } from "../../platform/names.ts";
import { BackupSchedule } from "./backup-schedule.ts";
import { BUCKET_SECRET, NAMESPACE } from "./facts.ts";

const HOURS_PER_DAY = 24;

/**
 * Name, cron (UTC), hours kept. `daily` is kept for 30 days; the others hold the last 24 hours, 4 weeks and 12 months. A daily set
 * kept for 7 days is part of the 30 days.
 */
const schedules = [
  { name: "hourly", cron: "0 * * * *", keepHours: HOURS_PER_DAY },
  { name: "daily", cron: "0 2 * * *", keepHours: 30 * HOURS_PER_DAY },
  { name: "weekly", cron: "0 3 * * 0", keepHours: 28 * HOURS_PER_DAY },
  { name: "monthly", cron: "0 4 1 * *", keepHours: 365 * HOURS_PER_DAY },
] as const;

/** Where backups are stored, and when they are made. */
export const addObjects: AddObjects = ({ addons, cloud: { backups: bucket }, layers }, { cloud }) => {
  if (!bucket) throw new Error("Velero needs a bucket; it is enabled only where there is object storage.");
  new BackupStorageLocation(layers.backups, "location", {
    metadata: { name: "default", namespace: NAMESPACE },
    spec: {
      default: true,
      provider: "aws",
      objectStorage: { bucket: bucket.name },
      ...(cloud.objectStorage === "by-key" && { credential: { name: BUCKET_SECRET, key: CREDENTIALS_PROPERTY } }),
      accessMode: BackupStorageLocationSpecAccessMode.READ_WRITE,
      config: {
        region: bucket.region,
        ...(bucket.endpoint !== undefined && {
          s3Url: bucket.endpoint,
          s3ForcePathStyle: "true",
          // Newer SDKs send checksums that other stores than Amazon's refuse (velero-io/velero#7534).
          checksumAlgorithm: "",
        }),
      },
    },
  });
  const stateful = addons.flatMap(({ backupNamespaces = [] }) => backupNamespaces);
  const edge = providerOf(addons, "gateway") ? [namespaces.gateway] : [];
  for (const schedule of schedules) {
    new BackupSchedule(layers.backups, schedule.name, {
      ...schedule,
      volumes: cloud.volumeSnapshots ? "snapshots" : "files",
      namespaces: [...new Set([namespaces.application, ...edge, ...stateful])],
      except: addons.flatMap(({ backupExcept }) => backupExcept ?? []),
    });
  }
};
