import { eks, iam } from "@pulumi/aws";
import { ComponentResource, type ComponentResourceOptions, interpolate } from "@pulumi/pulumi";
import { eksAddons } from "../../platform/catalogue/kubernetes.ts";
import type { Environment } from "../../platform/environment.ts";
import { serviceAccounts } from "../../platform/names.ts";
import type { Account } from "./account.ts";
import type { Cluster } from "./cluster.ts";
import { encryptVolumes, trust } from "./policies.ts";

export interface AddonsArgs {
  readonly environment: Environment;
  readonly account: Account;
  readonly cluster: Cluster;
}

interface Addon {
  readonly configuration?: object;
  /** An identity of its own, where it acts on the cloud. */
  readonly identity?: { readonly serviceAccount: string; readonly managedPolicy: string; readonly policy?: string };
}

/** What a node needs before it is ready: network, service addresses, identities. */
export class NodeAddons extends ComponentResource {
  constructor(name: string, args: AddonsArgs, options: ComponentResourceOptions) {
    super("promptops:aws:NodeAddons", name, {}, options);
    createAddon(this, args, eksAddons.podIdentity, {});
    createAddon(this, args, eksAddons.kubeProxy, {});
    createAddon(this, args, eksAddons.vpcCni, {
      // Off by default, and then every NetworkPolicy is a wish.
      configuration: { enableNetworkPolicy: "true" },
      identity: { serviceAccount: "aws-node", managedPolicy: "AmazonEKS_CNI_Policy" },
    });
    this.registerOutputs();
  }
}

/** What runs on nodes: names, metrics, volumes. */
export class WorkloadAddons extends ComponentResource {
  constructor(name: string, args: AddonsArgs, options: ComponentResourceOptions) {
    super("promptops:aws:WorkloadAddons", name, {}, options);
    createAddon(this, args, eksAddons.coredns, {});
    createAddon(this, args, eksAddons.metricsServer, {});
    createAddon(this, args, eksAddons.snapshotController, {});
    createAddon(this, args, eksAddons.ebsCsi, {
      identity: {
        serviceAccount: serviceAccounts.ebsCsi.name,
        managedPolicy: "service-role/AmazonEBSCSIDriverPolicy",
        policy: encryptVolumes(args.environment, args.account),
      },
    });
    createAddon(this, args, eksAddons.efsCsi, {
      identity: { serviceAccount: serviceAccounts.efsCsi.name, managedPolicy: "service-role/AmazonEFSCSIDriverPolicy" },
    });
    this.registerOutputs();
  }
}

function createAddon(parent: ComponentResource, { cluster }: AddonsArgs, addonName: string, addon: Addon): void {
  const { configuration, identity } = addon;
  new eks.Addon(
    addonName,
    {
      clusterName: cluster.name,
      addonName,
      resolveConflictsOnCreate: "OVERWRITE",
      resolveConflictsOnUpdate: "OVERWRITE",
      ...(configuration && { configurationValues: JSON.stringify(configuration) }),
      ...(identity && {
        podIdentityAssociations: [
          { serviceAccount: identity.serviceAccount, roleArn: createRole(parent, cluster, addonName, identity).arn },
        ],
      }),
    },
    { parent },
  );
}

function createRole(
  parent: ComponentResource,
  cluster: Cluster,
  addonName: string,
  { managedPolicy, policy }: NonNullable<Addon["identity"]>,
): iam.Role {
  const role = new iam.Role(
    addonName,
    { name: interpolate`${cluster.name}-${addonName}`, assumeRolePolicy: trust("pods.eks.amazonaws.com") },
    { parent },
  );
  new iam.RolePolicyAttachment(
    addonName,
    { role: role.name, policyArn: `arn:aws:iam::aws:policy/${managedPolicy}` },
    { parent },
  );
  if (policy !== undefined) new iam.RolePolicy(addonName, { role: role.id, policy }, { parent });
  return role;
}
