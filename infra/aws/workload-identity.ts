import { eks, iam } from "@pulumi/aws";
import { ComponentResource, type ComponentResourceOptions } from "@pulumi/pulumi";
import type { AwsEnvironment } from "../../platform/environment.ts";
import { clusterName, roleName, type ServiceAccountName } from "../../platform/names.ts";
import type { Cluster } from "./cluster.ts";
import { trustPods } from "./policies.ts";

export interface WorkloadIdentityArgs {
  readonly environment: AwsEnvironment;
  readonly cluster: Cluster;
  /** Named, not read: no ARN enters a manifest. */
  readonly account: ServiceAccountName;
  readonly policy: string;
}

/** What the pods of one ServiceAccount may do in the cloud, through EKS Pod Identity. */
export class WorkloadIdentity extends ComponentResource {
  constructor(
    name: string,
    { environment, cluster, account, policy }: WorkloadIdentityArgs,
    options: ComponentResourceOptions,
  ) {
    super("promptops:aws:WorkloadIdentity", name, {}, options);
    const role = new iam.Role(
      name,
      { name: roleName(environment, name), assumeRolePolicy: trustPods(clusterName(environment), account) },
      { parent: this },
    );
    new iam.RolePolicy(name, { role: role.id, policy }, { parent: this });
    new eks.PodIdentityAssociation(
      name,
      { clusterName: cluster.name, namespace: account.namespace, serviceAccount: account.name, roleArn: role.arn },
      { parent: this },
    );
    this.registerOutputs();
  }
}
