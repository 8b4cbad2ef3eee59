import { Construct } from "constructs";
import { Schedule } from "../imports/velero.io.ts";
import { namespaces } from "../../platform/names.ts";

export interface BackupScheduleProps {
  readonly name: string;
  /** Five cron fields, UTC. */
  readonly cron: string;
  /** How long each backup is kept, in hours. */
  readonly keepHours: number;
  readonly namespaces: readonly string[];
  /** Objects that are left out, by the label that they bear. @default - none */
  readonly without?: string;
  /** How volumes are kept: by snapshots, or by their files where the cloud makes none. */
  readonly volumes: "snapshots" | "files";
}

/** Has Velero back up namespaces with their volumes. */
export class BackupSchedule extends Construct {
  readonly schedule: Schedule;

  constructor(scope: Construct, id: string, props: BackupScheduleProps) {
    super(scope, id);
    const { name, cron, keepHours, namespaces: included, without, volumes } = props;
    this.schedule = new Schedule(this, "schedule", {
      metadata: { name, namespace: namespaces.velero },
      spec: {
        schedule: cron,
        template: {
          includedNamespaces: [...included],
          ...(without !== undefined && {
            labelSelector: { matchExpressions: [{ key: without, operator: "DoesNotExist" }] },
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
