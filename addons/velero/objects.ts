import type { AddObjects } from "../../k8s/context.ts";
import { BackupStorageLocation, BackupStorageLocationSpecAccessMode } from "../../k8s/imports/velero.io.ts";
import { backupTiers } from "../../platform/backup-tiers.ts";
import { providerOf } from "../../platform/installed-addons.ts";
import { CREDENTIALS_PROPERTY, namespaces } from "../../platform/names.ts";
import { BackupSchedule } from "./backup-schedule.ts";
import { BUCKET_SECRET, NAMESPACE } from "./facts.ts";

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
  for (const { name, cron, keepHours } of backupTiers) {
    new BackupSchedule(layers.backups, name, {
      ...{ name, cron, keepHours },
      volumes: cloud.volumeSnapshots ? "snapshots" : "files",
      namespaces: [...new Set([namespaces.application, ...edge, ...stateful])],
      except: addons.flatMap(({ backupExcept }) => backupExcept ?? []),
    });
  }
};
