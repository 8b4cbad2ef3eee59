import { z } from "zod";
import { defineAddon } from "../../platform/addon.ts";
import { HTTPS_PORT, internet } from "../../platform/connections.ts";
import { Hole } from "../../platform/hole.ts";
import { clusterName } from "../../platform/names.ts";
import { nodesOf, spreadPods } from "../../platform/placement.ts";
import { restrictedContainer, restrictedPod } from "../../platform/security-context.ts";

const NAME = "cluster-autoscaler";
const METRICS_PORT = 8085;
/** As in its own examples: https://github.com/kubernetes/autoscaler/tree/cluster-autoscaler-1.35.2/cluster-autoscaler/cloudprovider/aws/examples. */
const USER = 65_534;
const labels = { "app.kubernetes.io/name": `aws-${NAME}`, "app.kubernetes.io/instance": NAME };
const resources = { requests: { cpu: "50m", memory: "256Mi" }, limits: { memory: "600Mi" } };

/**
 * Its scheduler must be the cluster's, so each minor has its image:
 * https://github.com/kubernetes/autoscaler/tree/master/cluster-autoscaler#releases. Read 2026-11-30.
 */
const images: Readonly<Record<string, string>> = { "1.35": "v1.35.2", "1.36": "v1.36.1" };

/** Adds nodes where pods wait, and removes those that are not needed. */
export const clusterAutoscaler = defineAddon({
  name: NAME,
  licence: "Apache-2.0",
  options: z.strictObject({}),
  clouds: ["aws"],
  enabled: () => true,
  requires: ({ kubernetes: { version } }) => {
    if (version in images) return [];
    const rule = `must be a version that the cluster autoscaler has an image for: ${Object.keys(images).join(", ")}. Take one of them.`;
    return [{ path: "kubernetes.version", value: version, rule }];
  },
  delivery: {
    by: "application",
    source: { kind: "chart", repository: "https://kubernetes.github.io/autoscaler", chart: NAME, versions: ["9.59.0"] },
    values: ({ environment, placement, protect }) => ({
      fullnameOverride: NAME,
      rbac: { serviceAccount: { name: NAME } },
      image: { tag: Hole.text("tag", images[environment.kubernetes.version] ?? "") },
      awsRegion: Hole.text("region", environment.region ?? ""),
      autoDiscovery: { clusterName: Hole.text("cluster", clusterName(environment)) },
      extraArgs: {
        v: 2,
        "balance-similar-node-groups": true,
        "scale-down-unneeded-time": "5m",
        "scale-down-delay-after-add": "5m",
        // By default a node is kept if one of its pods has an emptyDir, as all of ours do, or belongs to EKS.
        "skip-nodes-with-local-storage": false,
        "skip-nodes-with-system-pods": false,
      },
      replicaCount: protect ? 2 : 1,
      ...(protect && { topologySpreadConstraints: spreadPods(labels) }),
      resources,
      securityContext: restrictedPod(USER),
      containerSecurityContext: restrictedContainer,
      ...nodesOf(placement),
    }),
  },
  namespace: { name: NAME, podSecurity: "restricted" },
  pool: "infrastructure",
  pods: { [NAME]: { labels } },
  connections: ({ controlPlane, own }) => [
    ...controlPlane.ports.map((port) => ({ from: own(NAME), to: controlPlane.api, port })),
    { from: own(NAME), to: internet, port: HTTPS_PORT },
  ],
  scraped: [{ group: NAME, port: { number: METRICS_PORT } }],
  failures: [
    {
      ...{ failure: "the cluster autoscaler stops looking for pods without a node", operator: ">", atMost: 1_800 },
      metric: "cluster_autoscaler_last_activity",
    },
    {
      ...{ failure: "no node can be added", operator: ">", atMost: 0 },
      metric: "cluster_autoscaler_failed_scale_ups_total",
    },
  ],
  rights: () => [{ name: NAME, group: NAME, serviceAccount: NAME, may: "scale-nodes" }],
});
