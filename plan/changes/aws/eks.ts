import type { ChangesByType } from "../rows.ts";

/** Nodes leave one after the other, so pods move within their budgets. */
const ROLLS = "EKS drains the nodes and makes others, within updateConfig.";

/** Clusters, node groups and what they are given, by line of the provider's source. */
export const eks: ChangesByType = {
  "aws:eks/accessEntry:AccessEntry": {
    file: "internal/service/eks/access_entry.go",
    replaces: { clusterName: 62, principalArn: 84, type: 92 },
    updates: { kubernetesGroups: 69, tags: 87, userName: 96 },
  },
  "aws:eks/accessPolicyAssociation:AccessPolicyAssociation": {
    file: "internal/service/eks/access_policy_association.go",
    replaces: { accessScope: 57, clusterName: 83, policyArn: 93, principalArn: 99 },
  },
  "aws:eks/addon:Addon": {
    file: "internal/service/eks/addon.go",
    replaces: { addonName: 68, clusterName: 87, namespaceConfig: 108 },
    updates: {
      addonVersion: 71,
      configurationValues: 90,
      podIdentityAssociations: 121,
      preserve: 138,
      resolveConflictsOnCreate: 142,
      resolveConflictsOnUpdate: 150,
      serviceAccountRoleArn: 155,
      tags: 160,
    },
  },
  "aws:eks/cluster:Cluster": {
    file: "internal/service/eks/cluster.go",
    named: "name",
    replaces: {
      "accessConfig.bootstrapClusterCreatorAdminPermissions": 104,
      bootstrapSelfManagedAddons: 116,
      "kubernetesNetworkConfig.ipFamily": 282,
      "kubernetesNetworkConfig.serviceIpv4Cidr": 289,
      name: 305,
      "outpostConfig.controlPlaneInstanceType": 318,
      "outpostConfig.controlPlanePlacement.groupName": 329,
      roleArn: 404,
    },
    updates: {
      accessConfig: 88,
      computeConfig: 135,
      controlPlaneScalingConfig: 163,
      deletionProtection: 183,
      enabledClusterLogTypes: 188,
      encryptionConfig: 196,
      forceUpdateVersion: 231,
      kubernetesNetworkConfig: 255,
      outpostConfig: 308,
      remoteNetworkConfig: 349,
      storageConfig: 411,
      tags: 435,
      upgradePolicy: 437,
      version: 453,
      vpcConfig: 458,
      zonalShiftConfig: 506,
    },
    exceptions: [
      { input: "encryptionConfig", when: "removed", effect: "replace", line: 64 },
      {
        input: "version",
        when: "decreases",
        effect: "refuse",
        line: "website/docs/r/eks_cluster.html.markdown:362",
        note: "EKS does not go back to an older minor",
      },
    ],
    notes: {
      encryptionConfig: "Another key has no effect: the provider only adds encryption, at line 745.",
      version: "The control plane alone: nodes and add-ons stay as they are.",
    },
  },
  "aws:eks/nodeGroup:NodeGroup": {
    file: "internal/service/eks/node_group.go",
    named: "nodeGroupName",
    replaces: {
      amiType: 65,
      capacityType: 76,
      clusterName: 82,
      diskSize: 89,
      instanceTypes: 99,
      "launchTemplate.id": 117,
      "launchTemplate.name": 125,
      nodeGroupName: 141,
      nodeGroupNamePrefix: 149,
      nodeRoleArn: 229,
      remoteAccess: 240,
      subnetIds: 313,
    },
    updates: {
      forceUpdateVersion: 91,
      labels: 102,
      launchTemplate: 107,
      nodeRepairConfig: 153,
      releaseVersion: 232,
      scalingConfig: 282,
      tags: 317,
      taints: 319,
      updateConfig: 343,
      version: 376,
    },
    follows: { "launchTemplate.version": "aws:ec2/launchTemplate:LaunchTemplate" },
    notes: { launchTemplate: ROLLS, releaseVersion: ROLLS, version: ROLLS },
  },
  "aws:eks/podIdentityAssociation:PodIdentityAssociation": {
    file: "internal/service/eks/pod_identity_association.go",
    replaces: { clusterName: 92, namespace: 107, serviceAccount: 117 },
    updates: { disableSessionTags: 95, roleArn: 110, tags: 120, targetRoleArn: 122 },
  },
};
