import type { ProviderSource } from "./rows.ts";

/** Resources have no names that must be unique, so the new one is always made first. */
export const linode: ProviderSource = {
  repository: "linode/terraform-provider-linode",
  version: "v3.1.1",
  commit: "10e0d6ddd41e3c5f6d79f0afeb7b1d2066e9e85d",
  read: "2026-11-28",
  types: {
    "linode:index/databasePostgresqlV2:DatabasePostgresqlV2": {
      file: "linode/databasepostgresqlv2/framework_resource_schema.go",
      replaces: { forkRestoreTime: 116, forkSource: 137, region: 71 },
      updates: { allowLists: 81, clusterSize: 97, engineId: 53, label: 60, suspended: 140, type: 74, updates: 147 },
      exceptions: [
        {
          input: "engineId",
          when: "prefix changes",
          effect: "refuse",
          line: "linode/databasepostgresqlv2/framework_resource.go:418",
          note: "the engine stays, only its version changes",
        },
      ],
      notes: { engineId: "Also to another major version." },
    },
    "linode:index/domain:Domain": {
      file: "linode/domain/schema_resource.go",
      replaces: { type: 27 },
      updates: {
        ...{ axfrIps: 56, description: 42, domain: 14, expireSec: 79, group: 29, masterIps: 48, refreshSec: 86 },
        ...{ retrySec: 72, soaEmail: 93, status: 35, tags: 98, ttlSec: 65 },
      },
    },
    "linode:index/lkeCluster:LkeCluster": {
      file: "linode/lke/schema_resource.go",
      replaces: { aplEnabled: 31, region: 49, tier: 79 },
      recreates: { k8sVersion: "linode/lke/resource.go:314", "pools.type": "linode/lke/cluster.go:119" },
      updates: { controlPlane: 251, externalPoolTags: 40, label: 14, pools: 81, tags: 33 },
      exceptions: [
        {
          input: "controlPlane.highAvailability",
          when: { from: true, to: false },
          effect: "refuse",
          line: "docs/resources/lke_cluster.md:171",
          note: "it cannot be undone",
        },
      ],
      notes: {
        k8sVersion: "All nodes of all pools are recycled, without a drain.",
        "pools.type": "All nodes of the pool are deleted, without a drain.",
      },
    },
    "linode:index/lkeNodePool:LkeNodePool": {
      file: "linode/lkenodepool/framework_resource_schema.go",
      replaces: { clusterId: 34, type: 53 },
      updates: {
        ...{ autoscaler: 110, k8sVersion: 84, labels: 76, nodeCount: 37, tags: 61, taints: 129, updateStrategy: 93 },
      },
    },
    "linode:index/objectStorageBucket:ObjectStorageBucket": {
      file: "linode/objbucket/schema_resource.go",
      replaces: { cluster: 28, endpointType: 57, label: 63, region: 36, s3Endpoint: 50 },
      updates: {
        ...{ accessKey: 14, acl: 65, cert: 95, corsEnabled: 71, lifecycleRules: 77, secretKey: 6, versioning: 89 },
      },
    },
    "linode:index/objectStorageKey:ObjectStorageKey": {
      file: "linode/objkey/framework_resource_schema.go",
      replaces: { bucketAccesses: 123 },
      updates: { label: 27, regions: 61 },
    },
    "linode:index/token:Token": {
      file: "linode/token/framework_resource_schema.go",
      replaces: { expiry: 59, scopes: 34 },
      updates: { label: 27 },
    },
  },
};
