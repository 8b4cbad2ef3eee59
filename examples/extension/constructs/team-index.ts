import type { Construct } from "constructs";
import { healthProbes, StatefulWorkload, type StatefulWorkloadProps } from "promptops/constructs";

export interface TeamIndexProps extends Omit<StatefulWorkloadProps, "probes" | "claims"> {
  readonly team: string;
  /** A quantity. */
  readonly storage: string;
  readonly storageClass: string;
}

/** A search index of a team, which keeps its files in `/data`. */
export class TeamIndex extends StatefulWorkload {
  constructor(scope: Construct, id: string, { team, storage, storageClass, ...props }: TeamIndexProps) {
    super(scope, id, {
      ...props,
      probes: healthProbes("http"),
      claims: [{ name: "data", mountPath: "/data", storage, storageClass }],
      podLabels: { ...props.podLabels, team },
    });
  }
}
