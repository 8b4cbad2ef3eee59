import { z } from "zod";
import { defineAddon } from "../../platform/addon.ts";
import { factsOf } from "../../platform/clouds.ts";
import { HTTPS_PORT, internet } from "../../platform/connections.ts";
import { bucketKeyPath, CREDENTIALS_PROPERTY } from "../../platform/names.ts";
import { nodesOf } from "../../platform/placement.ts";
import { restrictedContainer, restrictedPod } from "../../platform/security-context.ts";
import { BUCKET_SECRET, METRICS_PORT, NAMESPACE, SERVER } from "./facts.ts";

/** https://github.com/velero-io/velero-plugin-for-aws, for every store that speaks S3. */
const PLUGIN_IMAGE = "docker.io/velero/velero-plugin-for-aws:v1.14.3";
const VELERO_USER = 1000;
const server = { requests: { cpu: "100m", memory: "256Mi" }, limits: { memory: "512Mi" } };
const agent = { requests: { cpu: "50m", memory: "128Mi" }, limits: { memory: "1Gi" } };

/** Velero: backups of namespaces and their volumes, where there is object storage to keep them. */
export const velero = defineAddon({
  name: "velero",
  licence: "Apache-2.0",
  options: z.strictObject({}),
  enabled: (environment) => factsOf(environment).objectStorage !== false,
  delivery: {
    by: "application",
    source: {
      kind: "chart",
      repository: "https://vmware-tanzu.github.io/helm-charts",
      chart: "velero",
      versions: ["12.1.0"],
    },
    values: ({ cloud, placement }) => ({
      // The locations and schedules are the platform's own objects.
      backupsEnabled: false,
      snapshotsEnabled: false,
      credentials: { useSecret: false },
      // Argo CD applies the definitions; the chart's job for that runs in pods without labels, which no policy can select.
      upgradeCRDs: false,
      initContainers: [
        {
          name: "velero-plugin-for-aws",
          image: PLUGIN_IMAGE,
          volumeMounts: [{ mountPath: "/target", name: "plugins" }],
          resources: agent,
          securityContext: restrictedContainer,
        },
      ],
      configuration: { features: cloud.volumeSnapshots ? "EnableCSI" : "" },
      podSecurityContext: restrictedPod(VELERO_USER),
      containerSecurityContext: restrictedContainer,
      resources: server,
      deployNodeAgent: !cloud.volumeSnapshots,
      ...(!cloud.volumeSnapshots && {
        // It reads the volumes of every node's pods.
        nodeAgent: { resources: agent, tolerations: [{ operator: "Exists" }] },
      }),
      ...nodesOf(placement),
    }),
  },
  // Where volumes have no snapshots, an agent reads them from each node's disk.
  namespace: { name: NAMESPACE, podSecurity: ({ volumeSnapshots }) => (volumeSnapshots ? "restricted" : "privileged") },
  pool: "infrastructure",
  pods: {
    [SERVER]: { labels: { name: "velero", "app.kubernetes.io/name": "velero" } },
    agent: { labels: { name: "node-agent", "app.kubernetes.io/name": "velero" } },
  },
  connections: ({ own, controlPlane, cloud }) =>
    [own(SERVER), ...(cloud.volumeSnapshots ? [] : [own("agent")])].flatMap((from) => [
      ...controlPlane.ports.map((port) => ({ from, to: controlPlane.api, port })),
      { from, to: internet, port: HTTPS_PORT },
    ]),
  scraped: [{ group: SERVER, port: { name: "http-monitoring", number: METRICS_PORT } }],
  kinds: ["velero.io/Backup", "velero.io/BackupStorageLocation", "velero.io/Restore", "velero.io/Schedule"],
  rights: () => [{ name: "velero", group: SERVER, serviceAccount: "velero-server", may: "write-backups" }],
  secrets: ({ environment, cloud }) => ({
    mounted:
      cloud.objectStorage === "by-key"
        ? [
            {
              name: BUCKET_SECRET,
              namespace: NAMESPACE,
              reader: SERVER,
              files: [
                {
                  file: CREDENTIALS_PROPERTY,
                  path: bucketKeyPath(environment, "backups"),
                  property: CREDENTIALS_PROPERTY,
                },
              ],
            },
          ]
        : [],
  }),
});
