import { Construct } from "constructs";
import { Job, ServiceAccount } from "../objects.ts";
import { selectorLabels } from "./labels.ts";
import { NetworkAccess } from "./network-access.ts";
import type { Peer } from "./network-peers.ts";
import { podTemplate, type PodTemplateProps } from "./pod-template.ts";

/** A job holds no work of others: seconds in which what it is at may end. */
const DRAIN = 20;
/** A hook is made anew at every sync; a Job's template cannot be changed. */
const annotations = {
  "argocd.argoproj.io/hook": "Sync",
  "argocd.argoproj.io/hook-delete-policy": "BeforeHookCreation",
};

export interface PreparationJobProps extends Omit<
  PodTemplateProps,
  "serviceAccount" | "drain" | "restartPolicy" | "probes" | "ports" | "versionLabel"
> {
  readonly namespace: string;
  /** Where it connects to, beside the name server. */
  readonly to: readonly Peer[];
  /** Pods that may fail before it is given up. */
  readonly attempts: number;
  /** Seconds after which it is given up. */
  readonly deadline: number;
}

/** Something that has to be done before what comes in later waves may start. */
export class PreparationJob extends Construct {
  readonly job: Job;

  constructor(scope: Construct, id: string, props: PreparationJobProps) {
    super(scope, id);
    const { namespace, to, attempts, deadline, ...pod } = props;
    const { name } = pod;
    const metadata = { name, namespace };
    new ServiceAccount(this, "account", { metadata, automountServiceAccountToken: false });
    new NetworkAccess(this, "network", { namespace, name, selector: { matchLabels: selectorLabels(name) }, to });
    this.job = new Job(this, "job", {
      metadata: { ...metadata, annotations },
      spec: {
        backoffLimit: attempts,
        activeDeadlineSeconds: deadline,
        template: podTemplate({ ...pod, serviceAccount: name, drain: DRAIN, restartPolicy: "OnFailure" }),
      },
    });
  }
}
