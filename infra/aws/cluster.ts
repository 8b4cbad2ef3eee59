import { eks, iam } from "@pulumi/aws";
import { Provider } from "@pulumi/kubernetes";
import {
  ComponentResource,
  type ComponentResourceOptions,
  type CustomResourceOptions,
  jsonStringify,
  type Output,
} from "@pulumi/pulumi";
import { administratorsOf, type AwsEnvironment } from "../../platform/environment.ts";
import { SERVICE_CIDR } from "../../platform/network-rules.ts";
import { clusterName, roleName } from "../../platform/names.ts";
import { principalKey } from "../../platform/principals.ts";
import { isGuarded } from "../guards.ts";
import { createLogGroup } from "./log-group.ts";
import type { Keys } from "./keys.ts";
import type { Network } from "./network.ts";
import type { Account } from "./account.ts";
import { forAccount, trust } from "./policies.ts";

const LOG_TYPES = ["api", "audit", "authenticator", "controllerManager", "scheduler"];
const ADMINISTRATOR = "arn:aws:eks::aws:cluster-access-policy/AmazonEKSClusterAdminPolicy";

export interface ClusterArgs {
  readonly environment: AwsEnvironment;
  readonly account: Account;
  readonly network: Network;
  readonly keys: Keys;
}

/** The EKS control plane: secrets encrypted with our key, every log kept, private endpoint, and a public one for named CIDRs. */
export class Cluster extends ComponentResource {
  readonly name: Output<string>;
  readonly kubeconfig: Output<string>;
  readonly kubernetes: Provider;

  constructor(name: string, { environment, account, network, keys }: ClusterArgs, options: ComponentResourceOptions) {
    super("promptops:aws:Cluster", name, {}, options);
    const inside = { parent: this };
    const guarded = isGuarded(environment);
    const called = clusterName(environment);
    const { version, access } = environment.kubernetes;

    const logs = createLogGroup("cluster", { called: `/aws/eks/${called}/cluster`, keys }, inside);
    const role = new iam.Role(
      "cluster",
      { name: roleName(environment, "cluster"), assumeRolePolicy: trust("eks.amazonaws.com", forAccount(account)) },
      inside,
    );
    const rights = new iam.RolePolicyAttachment(
      "cluster",
      { role: role.name, policyArn: "arn:aws:iam::aws:policy/AmazonEKSClusterPolicy" },
      inside,
    );
    const cluster = new eks.Cluster(
      called,
      {
        name: called,
        version,
        roleArn: role.arn,
        vpcConfig: {
          subnetIds: network.zones.map((zone) => zone.controlPlane.id),
          endpointPrivateAccess: true,
          endpointPublicAccess: true,
          publicAccessCidrs: access,
        },
        kubernetesNetworkConfig: { serviceIpv4Cidr: SERVICE_CIDR },
        encryptionConfig: { provider: { keyArn: keys.cluster.arn }, resources: ["secrets"] },
        enabledClusterLogTypes: LOG_TYPES,
        // The deployer has an access entry like any other, so that naming it as administrator too makes no second one.
        accessConfig: { authenticationMode: "API", bootstrapClusterCreatorAdminPermissions: false },
        // What EKS installs by itself cannot be configured; the add-ons below take its place.
        bootstrapSelfManagedAddons: false,
        // Past standard support a minor costs six times as much, in silence.
        upgradePolicy: { supportType: "STANDARD" },
        deletionProtection: guarded,
      },
      // The log group comes first, or EKS makes one of its own that never expires.
      // The control plane stays in the zones that it was created in: AWS accepts subnets of no others (aws/containers-roadmap#2330).
      { ...inside, protect: guarded, dependsOn: [logs, rights], ignoreChanges: ["vpcConfig.subnetIds"] },
    );
    const grants = administratorsOf(environment.kubernetes).map((principal) =>
      grantAdministration(cluster, principal, inside),
    );

    this.name = cluster.name;
    this.kubeconfig = kubeconfigOf(cluster, environment);
    this.kubernetes = new Provider("cluster", { kubeconfig: this.kubeconfig }, { ...inside, dependsOn: grants });
    this.registerOutputs();
  }
}

/** May do everything in the cluster. */
function grantAdministration(
  cluster: eks.Cluster,
  principalArn: string,
  options: CustomResourceOptions,
): eks.AccessPolicyAssociation {
  const name = principalKey(principalArn);
  const entry = new eks.AccessEntry(name, { clusterName: cluster.name, principalArn }, options);
  return new eks.AccessPolicyAssociation(
    name,
    { clusterName: cluster.name, principalArn, policyArn: ADMINISTRATOR, accessScope: { type: "cluster" } },
    { ...options, dependsOn: [entry] },
  );
}

/** Credentials are fetched by the reader's own AWS identity, so the file holds none. */
function kubeconfigOf(cluster: eks.Cluster, { name, region }: AwsEnvironment): Output<string> {
  const called = clusterName({ name });
  return jsonStringify({
    apiVersion: "v1",
    kind: "Config",
    "current-context": called,
    contexts: [{ name: called, context: { cluster: called, user: called } }],
    clusters: [
      {
        name: called,
        cluster: {
          server: cluster.endpoint,
          "certificate-authority-data": cluster.certificateAuthority.apply(({ data }) => data),
        },
      },
    ],
    users: [
      {
        name: called,
        user: {
          exec: {
            apiVersion: "client.authentication.k8s.io/v1",
            command: "aws",
            args: ["eks", "get-token", "--cluster-name", called, "--region", region],
            interactiveMode: "Never",
          },
        },
      },
    ],
  });
}
