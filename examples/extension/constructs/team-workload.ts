import type { Construct } from "constructs";
import { type SidecarProps, Workload, type WorkloadProps } from "promptops/constructs";

export interface TeamWorkloadProps extends WorkloadProps {
  /** Who is called when it fails. */
  readonly team: string;
}

const proxy: SidecarProps = {
  name: "proxy",
  image: "registry.example.org/proxy:v2.1.0",
  resources: { requests: { cpu: "20m", memory: "32Mi" }, limits: { cpu: "200m", memory: "64Mi" } },
};

/** A workload of a team, with the company's proxy beside it. */
export class TeamWorkload extends Workload {
  constructor(scope: Construct, id: string, { team, ...props }: TeamWorkloadProps) {
    super(scope, id, {
      ...props,
      podLabels: { ...props.podLabels, team },
      sidecars: [proxy, ...(props.sidecars ?? [])],
    });
  }
}
