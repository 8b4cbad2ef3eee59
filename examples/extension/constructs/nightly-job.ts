import type { Construct } from "constructs";
import { ScheduledJob, type ScheduledJobProps } from "promptops/constructs";

export interface NightlyJobProps extends Omit<ScheduledJobProps, "schedule" | "deadline"> {
  readonly team: string;
  /** The hour at which it starts, UTC. @default 2 */
  readonly hour?: number;
}

/** A job that runs every night and may take two hours. */
export class NightlyJob extends ScheduledJob {
  constructor(scope: Construct, id: string, { team, hour = 2, ...props }: NightlyJobProps) {
    super(scope, id, {
      ...props,
      schedule: `0 ${hour} * * *`,
      deadline: 7200,
      podLabels: { ...props.podLabels, team },
    });
  }
}
