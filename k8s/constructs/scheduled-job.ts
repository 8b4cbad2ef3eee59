import { Construct } from "constructs";
import { CronJob, ServiceAccount } from "../objects.ts";
import { selectorLabels } from "./labels.ts";
import { NetworkAccess } from "./network-access.ts";
import type { Peer } from "./network-peers.ts";
import { podTemplate, type PodTemplateProps } from "./pod-template.ts";

/** Seconds for a step under way to end. */
const DRAIN = 20;
/** The controller looks every 10 s, so a shorter deadline would skip runs. */
const MIN_START_SECONDS = 10;
const MACRO = /^@(yearly|annually|monthly|weekly|daily|midnight|hourly)$/;
const FIELD = /^(\*|\d+(-\d+)?|[A-Za-z]{3}(-[A-Za-z]{3})?)(\/\d+)?$/;

export interface ScheduledJobProps extends Omit<
  PodTemplateProps,
  "serviceAccount" | "drain" | "restartPolicy" | "probes" | "ports" | "versionLabel" | "secondsUnreachable"
> {
  readonly namespace: string;
  /** Five fields (minute, hour, day of month, month, day of week), or a macro such as `@daily`. */
  readonly schedule: string;
  /** Seconds after which a run fails. */
  readonly deadline: number;
  /** A name of the IANA database. @default "Etc/UTC" */
  readonly timeZone?: string;
  /** What happens to a run that is due while another one is under way. @default "Forbid": it is skipped */
  readonly concurrency?: "Allow" | "Forbid" | "Replace";
  /** Finished runs that are kept, with their logs. @default { succeeded: 3, failed: 3 } */
  readonly history?: { readonly succeeded: number; readonly failed: number };
  /** Seconds for which a missed run may still start; at least 10. @default 300 */
  readonly startWithin?: number;
  /** Pods that may fail before a run does. @default 2 */
  readonly attempts?: number;
  /** Runs only when somebody creates a job from it: `kubectl create job --from=cronjob/<name>`. @default false */
  readonly suspended?: boolean;
  /** What it connects to, other than DNS. @default - nothing */
  readonly to?: readonly Peer[];
}

/** Work that is done on a schedule, with the pods and the network policy that a Workload has. */
export class ScheduledJob extends Construct {
  readonly cronJob: CronJob;
  readonly serviceAccount: ServiceAccount;
  readonly networkPolicy: NetworkAccess["networkPolicy"];

  constructor(scope: Construct, id: string, props: ScheduledJobProps) {
    super(scope, id);
    const { namespace, schedule, deadline, timeZone = "Etc/UTC", concurrency = "Forbid", to = [], ...others } = props;
    const {
      history = { succeeded: 3, failed: 3 },
      startWithin = 300,
      attempts = 2,
      suspended = false,
      ...pod
    } = others;
    const { name } = pod;
    const metadata = { name, namespace };
    requireSchedule(this, { schedule, startWithin });
    this.serviceAccount = new ServiceAccount(this, "account", { metadata, automountServiceAccountToken: false });
    const selector = { matchLabels: selectorLabels(name) };
    ({ networkPolicy: this.networkPolicy } = new NetworkAccess(this, "network", { namespace, name, selector, to }));
    this.cronJob = new CronJob(this, "cron-job", {
      metadata,
      spec: {
        schedule,
        timeZone,
        ...(suspended && { suspend: true }),
        concurrencyPolicy: concurrency,
        startingDeadlineSeconds: startWithin,
        successfulJobsHistoryLimit: history.succeeded,
        failedJobsHistoryLimit: history.failed,
        jobTemplate: {
          spec: {
            backoffLimit: attempts,
            activeDeadlineSeconds: deadline,
            // A pod that failed is kept with its log as long as its run is.
            template: podTemplate(this, { ...pod, serviceAccount: name, drain: DRAIN, restartPolicy: "Never" }),
          },
        },
      },
    });
  }
}

function requireSchedule(
  scope: Construct,
  { schedule, startWithin }: { readonly schedule: string; readonly startWithin: number },
): void {
  const fields = schedule.split(" ");
  const valid = fields.length === 5 && fields.every((field) => field.split(",").every((part) => FIELD.test(part)));
  if (!valid && !MACRO.test(schedule)) {
    throw new Error(
      `${scope.node.path}: 'schedule' is '${schedule}'; it must have five fields, such as '0 3 * * *', or be a macro such as '@daily'.`,
    );
  }
  if (startWithin < MIN_START_SECONDS) {
    throw new Error(
      `${scope.node.path}: 'startWithin' is ${startWithin}; it must be at least ${MIN_START_SECONDS} seconds, or runs are skipped.`,
    );
  }
}
