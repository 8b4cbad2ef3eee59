import { Construct } from "constructs";
import { Schedule } from "../../k8s/imports/velero.io.ts";
import { NAMESPACE } from "./facts.ts";

export interface BackupScheduleProps {
  readonly name: string;
  /** Five cron fields, UTC. */
  readonly cron: string;
  /** How long each backup is kept, in hours. */
  readonly keepHours: number;
  readonly namespaces: readonly string[];
  /** Objects that bear one of these labels are left out. */
  readonly except: readonly string[];
  /** How volumes are kept: as snapshots, or as files where the cloud has none. */
  readonly volumes: "snapshots" | "files";
}

/** Has Velero back up namespaces with their volumes. */
export class BackupSchedule extends Construct {
  readonly schedule: Schedule;

  constructor(scope: Construct, id: string, props: BackupScheduleProps) {
    super(scope, id);
    const { name, cron, keepHours, namespaces: included, except, volumes } = props;
    this.schedule = new Schedule(this, "schedule", {
      metadata: { name, namespace: NAMESPACE },
      spec: {
        schedule: cron,
        template: {
          includedNamespaces: [...included],
          ...(except.length > 0 && {
            labelSelector: { matchExpressions: except.map((key) => ({ key, operator: "DoesNotExist" })) },
          }),
          storageLocation: "default",
          snapshotVolumes: volumes === "snapshots",
          defaultVolumesToFsBackup: volumes === "files",
          ttl: `${keepHours}h0m0s`,
        },
      },
    });
  }
}
