import type { AddObjects } from "../../k8s/context.ts";
import { ObjectStore } from "../../k8s/imports/barmancloud.cnpg.io.ts";
import { ScheduledBackup, ScheduledBackupSpecMethod } from "../../k8s/imports/postgresql.cnpg.io.ts";
import { DEFAULT_RECOVERY_DAYS } from "../../platform/database.ts";
import { CREDENTIALS_KEYS, namespaces } from "../../platform/names.ts";
import { BACKUP_PLUGIN, BUCKET_SECRET, CLUSTER } from "../cloudnative-pg/facts.ts";

/** Every six hours. CloudNativePG's cron starts with seconds. */
const EVERY_SIX_HOURS = "0 0 */6 * * *";

/** The write-ahead log to object storage as it is written, and a full copy every six hours: any second of the last days. */
export const addObjects: AddObjects = ({ cloud: { backups: bucket }, environment, layers }, { cloud }) => {
  if (!bucket) throw new Error("barman-cloud needs a bucket; it is enabled only where there is object storage.");
  new ObjectStore(layers.data, "object-store", {
    metadata: { name: CLUSTER, namespace: namespaces.data },
    spec: {
      retentionPolicy: `${environment.database.pointInTimeRecoveryDays ?? DEFAULT_RECOVERY_DAYS}d`,
      configuration: {
        destinationPath: `s3://${bucket.name}/postgres`,
        ...(bucket.endpoint !== undefined && { endpointUrl: bucket.endpoint }),
        s3Credentials:
          cloud.objectStorage === "by-identity"
            ? { inheritFromIamRole: true }
            : {
                accessKeyId: { name: BUCKET_SECRET, key: CREDENTIALS_KEYS.access },
                secretAccessKey: { name: BUCKET_SECRET, key: CREDENTIALS_KEYS.secret },
              },
        wal: { compression: "gzip" },
        data: { compression: "gzip" },
      },
    },
  });
  new ScheduledBackup(layers.data, "backup", {
    metadata: { name: CLUSTER, namespace: namespaces.data },
    spec: {
      cluster: { name: CLUSTER },
      schedule: EVERY_SIX_HOURS,
      immediate: true,
      method: ScheduledBackupSpecMethod.PLUGIN,
      pluginConfiguration: { name: BACKUP_PLUGIN },
    },
  });
};
