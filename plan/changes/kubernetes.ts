import type { ChangesOfType, ProviderSource } from "./rows.ts";

const FORCE_NEW = "provider/pkg/provider/diff.go";
/** `forceNewProperties`: what it does not list is patched. */
const PATCHED = 23;
/** The API server's own validation, which the provider does not know. */
const storageValidation = (line: number): string =>
  `https://github.com/kubernetes/kubernetes/blob/v1.35.4/pkg/apis/storage/validation/validation.go#L${line}`;

const patched = (...inputs: readonly string[]): Readonly<Record<string, number>> =>
  Object.fromEntries(inputs.map((input) => [input, PATCHED]));

const kind = (rows: Omit<ChangesOfType, "file">): ChangesOfType => ({
  file: FORCE_NEW,
  deletedFirst: "where the name stays",
  ...rows,
  replaces: { "metadata.name": 209, "metadata.namespace": 210, ...rows.replaces },
  updates: { metadata: PATCHED, ...rows.updates },
  ignores: { apiVersion: "sdk/nodejs/core/v1/namespace.ts:72", kind: "sdk/nodejs/core/v1/namespace.ts:73" },
});

/** `deletedFirst` is provider/pkg/provider/provider.go:1647. */
export const kubernetes: ProviderSource = {
  repository: "pulumi/pulumi-kubernetes",
  version: "v4.32.0",
  commit: "a03ff6ba58d2f1ea68319dda4b2c982119489c71",
  read: "2026-11-28",
  differs: "package.json has 4.34.2, whose source was not to be had.",
  types: {
    "kubernetes:core/v1:ConfigMap": kind({ replaces: { binaryData: 33, data: 33 }, updates: patched("immutable") }),
    "kubernetes:core/v1:Namespace": kind({ updates: patched("spec") }),
    "kubernetes:core/v1:Secret": kind({
      replaces: { data: 29, stringData: 29, type: 29 },
      updates: patched("immutable"),
    }),
    "kubernetes:core/v1:ServiceAccount": kind({
      updates: patched("automountServiceAccountToken", "imagePullSecrets", "secrets"),
    }),
    "kubernetes:rbac.authorization.k8s.io/v1:Role": kind({ updates: patched("rules") }),
    "kubernetes:rbac.authorization.k8s.io/v1:RoleBinding": kind({
      replaces: { roleRef: 193 },
      updates: patched("subjects"),
    }),
    "kubernetes:snapshot.storage.k8s.io/v1:VolumeSnapshotClass": kind({
      updates: patched("deletionPolicy", "driver", "parameters"),
    }),
    "kubernetes:storage.k8s.io/v1:StorageClass": kind({
      replaces: { parameters: 73, provisioner: 74 },
      updates: patched("allowVolumeExpansion", "allowedTopologies", "mountOptions"),
      refuses: { reclaimPolicy: storageValidation(79), volumeBindingMode: storageValidation(83) },
      notes: {
        reclaimPolicy: "Immutable in the API, but the provider does not replace the class for it.",
        volumeBindingMode: "Immutable in the API, but the provider does not replace the class for it.",
      },
    }),
    "kubernetes:helm.sh/v3:Release": {
      file: "provider/pkg/provider/helm_release.go",
      replaces: { name: 907, namespace: 907 },
      updates: Object.fromEntries(
        [
          ...["allowNullValues", "atomic", "chart", "cleanupOnFail", "compat", "createNamespace", "dependencyUpdate"],
          ...["description", "devel", "disableCRDHooks", "disableOpenapiValidation", "disableWebhooks", "forceUpdate"],
          ...["keyring", "lint", "manifest", "maxHistory", "postrender", "recreatePods", "renderSubchartNotes"],
          ...["replace", "repositoryOpts", "resetValues", "resourceNames", "reuseValues", "skipAwait", "skipCrds"],
          ...["takeOwnership", "timeout", "valueYamlFiles", "values", "verify", "version", "waitForJobs"],
        ].map((input) => [input, 894]),
      ),
    },
    "pulumi:providers:kubernetes": {
      file: "provider/pkg/provider/provider.go",
      replaces: { clusterIdentifier: 490, renderYamlToDirectory: 533 },
      updates: Object.fromEntries(
        [
          ...["alwaysRender", "deleteUnreachable", "enableConfigMapMutable", "enablePatchForce", "enableSecretMutable"],
          ...["enableServerSideApply", "helmReleaseSettings", "kubeClientSettings", "namespace"],
          ...["skipUpdateUnreachable", "suppressDeprecationWarnings", "suppressHelmHookWarnings"],
          "upsertExistingObjects",
        ].map((input) => [input, 528]),
      ),
      unknown: Object.fromEntries(
        ["cluster", "context", "kubeconfig"].map((input) => [
          input,
          { line: 551, reason: "Replaced where the active cluster changes, updated where only the user does." },
        ]),
      ),
      exceptions: ["cluster", "context", "kubeconfig"].map((input) => ({
        ...{ input, when: "unknown", effect: "replace", line: 507 },
      })),
    },
  },
};
