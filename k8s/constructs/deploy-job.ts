import { Construct } from "constructs";
import { Job, ServiceAccount } from "../objects.ts";
import { selectorLabels } from "./labels.ts";
import { NetworkAccess } from "./network-access.ts";
import type { Peer } from "./network-peers.ts";
import { podTemplate, type PodTemplateProps } from "./pod-template.ts";

/** Seconds in which a step under way may end. */
const DRAIN = 20;
/** A hook is created again at every sync, because a Job's template cannot be changed. */
const annotations = {
  "argocd.argoproj.io/hook": "Sync",
  "argocd.argoproj.io/hook-delete-policy": "BeforeHookCreation",
};

export interface DeployJobProps extends Omit<
  PodTemplateProps,
  "serviceAccount" | "drain" | "restartPolicy" | "probes" | "ports" | "versionLabel"
> {
  readonly namespace: string;
  /** What it connects to, other than DNS. */
  readonly to: readonly Peer[];
  /** Pods that may fail before the job does. */
  readonly attempts: number;
  /** Seconds after which the job fails. */
  readonly deadline: number;
}

/** Work that must be done at every deployment, before later waves start. */
export class DeployJob extends Construct {
  readonly job: Job;

  constructor(scope: Construct, id: string, props: DeployJobProps) {
    super(scope, id);
    const { namespace, to, attempts, deadline, ...pod } = props;
    const { name } = pod;
    const metadata = { name, namespace };
    new ServiceAccount(this, "account", { metadata, automountServiceAccountToken: false });
    new NetworkAccess(this, "network", { namespace, name, selector: { matchLabels: selectorLabels(name) }, to });
    // A pod that failed is kept with its log, until the next sync replaces the job.
    this.job = new Job(this, "job", {
      metadata: { ...metadata, annotations },
      spec: {
        backoffLimit: attempts,
        activeDeadlineSeconds: deadline,
        template: podTemplate(this, { ...pod, serviceAccount: name, drain: DRAIN, restartPolicy: "Never" }),
      },
    });
  }
}
