import { eks, iam } from "@pulumi/aws";
import { ComponentResource, type ComponentResourceOptions } from "@pulumi/pulumi";
import type { Addon, CloudAddon } from "../../platform/addon.ts";
import type { AwsEnvironment } from "../../platform/environment.ts";
import type { InstalledAddon } from "../../platform/installed-addons.ts";
import { clusterName, roleName } from "../../platform/names.ts";
import type { Account } from "./account.ts";
import type { Cluster } from "./cluster.ts";
import { encryptVolumes, trustPods } from "./policies.ts";

export interface AddonsArgs {
  readonly environment: AwsEnvironment;
  readonly account: Account;
  readonly cluster: Cluster;
  readonly installed: readonly InstalledAddon[];
}

/** What a node needs before it is ready: network, service addresses, identities. */
export class NodeAddons extends ComponentResource {
  constructor(name: string, args: AddonsArgs, options: ComponentResourceOptions) {
    super("promptops:aws:NodeAddons", name, {}, options);
    createAddons(this, args, "node");
    this.registerOutputs();
  }
}

/** What runs on nodes: DNS, metrics, volumes. */
export class WorkloadAddons extends ComponentResource {
  constructor(name: string, args: AddonsArgs, options: ComponentResourceOptions) {
    super("promptops:aws:WorkloadAddons", name, {}, options);
    createAddons(this, args, "workload");
    this.registerOutputs();
  }
}

function createAddons(parent: ComponentResource, args: AddonsArgs, stage: CloudAddon["stage"]): void {
  for (const { addon } of args.installed) {
    const onEks = addon.delivery.by === "cloud" ? addon.delivery.on.aws : undefined;
    if (onEks?.stage === stage) createAddon(parent, args, addon, onEks);
  }
}

function createAddon(
  parent: ComponentResource,
  args: AddonsArgs,
  { name: addonName, namespace }: Addon,
  { configuration, identity, versions }: CloudAddon,
): void {
  const minor = args.environment.kubernetes.version;
  const addonVersion = versions?.[minor]?.version;
  if (addonVersion === undefined) throw new Error(`addons/${addonName}/addon.ts has no version for EKS ${minor}.`);
  new eks.Addon(
    addonName,
    {
      clusterName: args.cluster.name,
      addonName,
      addonVersion,
      resolveConflictsOnCreate: "OVERWRITE",
      resolveConflictsOnUpdate: "OVERWRITE",
      ...(configuration && { configurationValues: JSON.stringify(configuration) }),
      ...(identity && {
        podIdentityAssociations: [
          {
            serviceAccount: identity.serviceAccount,
            roleArn: createRole(parent, args, { addonName, namespace: namespace.name }, identity).arn,
          },
        ],
      }),
    },
    { parent },
  );
}

function createRole(
  parent: ComponentResource,
  { environment, account }: AddonsArgs,
  { addonName, namespace }: { readonly addonName: string; readonly namespace: string },
  { serviceAccount, managedPolicy, extra }: NonNullable<CloudAddon["identity"]>,
): iam.Role {
  const role = new iam.Role(
    addonName,
    {
      name: roleName(environment, addonName),
      assumeRolePolicy: trustPods(clusterName(environment), { namespace, name: serviceAccount }),
    },
    { parent },
  );
  new iam.RolePolicyAttachment(
    addonName,
    { role: role.name, policyArn: `arn:aws:iam::aws:policy/${managedPolicy}` },
    { parent },
  );
  if (extra === "encrypt-volumes") {
    new iam.RolePolicy(addonName, { role: role.id, policy: encryptVolumes(environment, account) }, { parent });
  }
  return role;
}
