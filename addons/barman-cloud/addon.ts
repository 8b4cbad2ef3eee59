import { z } from "zod";
import { defineAddon } from "../../platform/addon.ts";
import { factsOf } from "../../platform/clouds.ts";
import { postgresIsInCluster } from "../../platform/database.ts";
import { nodesOf } from "../../platform/placement.ts";

const PORT = 9090;
const requests = { cpu: "50m", memory: "128Mi" };

/** CloudNativePG's plug-in that keeps backups and the write-ahead log in object storage. */
export const barmanCloud = defineAddon({
  name: "barman-cloud",
  licence: "Apache-2.0",
  options: z.strictObject({}),
  enabled: (environment) => postgresIsInCluster(environment) && factsOf(environment).objectStorage !== false,
  // Its chart makes certificates for the connection between operator and plug-in.
  needs: ["cloudnative-pg", "cert-manager"],
  delivery: {
    by: "application",
    source: {
      kind: "chart",
      repository: "https://cloudnative-pg.github.io/charts",
      chart: "plugin-barman-cloud",
      versions: ["0.7.0"],
    },
    values: ({ placement }) => ({
      resources: { requests, limits: { memory: requests.memory } },
      ...nodesOf(placement),
    }),
  },
  // The operator finds the plug-in by a Service in its own namespace.
  namespace: { name: "cnpg-system", podSecurity: "restricted" },
  pool: "infrastructure",
  pods: {
    "barman-cloud": { labels: { "app.kubernetes.io/name": "plugin-barman-cloud" } },
    "cloudnative-pg": { labels: { "app.kubernetes.io/name": "cloudnative-pg" } },
  },
  connections: ({ own, controlPlane }) => [
    { from: own("cloudnative-pg"), to: own("barman-cloud"), port: PORT },
    ...controlPlane.ports.map((port) => ({ from: own("barman-cloud"), to: controlPlane.api, port })),
  ],
  kinds: ["barmancloud.cnpg.io/ObjectStore"],
});
