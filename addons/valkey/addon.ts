import { z } from "zod";
import { defineAddon } from "../../platform/addon.ts";
import { Hole } from "../../platform/hole.ts";
import { inClusterHost, namespaces, SECRET_PROPERTY, secretPath, storageClasses } from "../../platform/names.ts";
import { HOST_LABEL, nodesOf } from "../../platform/placement.ts";
import { bytes } from "../../platform/quantity.ts";
import { quantity, smallestVolume } from "../../platform/schema.ts";
import { restrictedContainer, restrictedPod } from "../../platform/security-context.ts";

const NAME = "valkey";
const USERS = "valkey-users";
const PORTS = { redis: 6379, metrics: 9121 } as const;
const labels = { "app.kubernetes.io/name": NAME };
const VALKEY_USER = 1000;
/** A primary and two replicas. */
const REPLICAS = 2;
/** What is left of the memory for buffers and for copying while a snapshot is written. */
const DATA_SHARE = 0.75;
/** `client-output-buffer-limit replica` in valkey.conf of 9.0. */
const memory = { min: "256Mi", because: "the buffer of a replica that is behind may take as much" };
const exporter = { requests: { cpu: "10m", memory: "32Mi" }, limits: { memory: "64Mi" } };

/**
 * Valkey for wake-ups and broadcasts. Its chart has no failover: when the primary is lost, services wait for it to come back on
 * its volume. Nothing is lost by that, because the rows in Postgres are the truth and workers poll them.
 */
export const valkey = defineAddon({
  name: NAME,
  licence: "BSD-3-Clause",
  options: z.strictObject({
    memory: quantity("memory", "1Gi", memory).default("1Gi").describe("memory of the server; default 1Gi"),
    storage: quantity("storage", "10Gi", smallestVolume)
      .default("10Gi")
      .describe("size of the volume of the server; default 10Gi"),
  }),
  delivery: {
    by: "application",
    layer: "data",
    source: { kind: "chart", repository: "https://valkey.io/valkey-helm", chart: NAME, versions: ["0.11.0"] },
    values: ({ options, placement }) => {
      const memory = Hole.quantity("memory", options.memory);
      return {
        auth: {
          enabled: true,
          usersExistingSecret: USERS,
          aclUsers: { default: { permissions: "~* &* +@all", passwordKey: "default" } },
        },
        replica: {
          enabled: true,
          replicas: REPLICAS,
          persistence: {
            size: Hole.quantity("storage", options.storage),
            storageClass: Hole.text("storageClass", storageClasses.fast),
          },
        },
        // A key that is evicted for want of memory would be a lost wake-up.
        valkeyConfig: Hole.joined(
          "maxmemory ",
          Hole.number("maxmemory", Math.floor(bytes(options.memory) * DATA_SHARE)),
          "\nmaxmemory-policy noeviction\nappendonly yes\n",
        ),
        podSecurityContext: restrictedPod(VALKEY_USER),
        securityContext: restrictedContainer,
        readinessProbe: { enabled: true },
        metrics: { enabled: true, exporter: { securityContext: restrictedContainer, resources: exporter } },
        podDisruptionBudget: { enabled: true, maxUnavailable: 1 },
        resources: { requests: { cpu: "100m", memory }, limits: { memory } },
        initResources: exporter,
        affinity: {
          podAntiAffinity: {
            requiredDuringSchedulingIgnoredDuringExecution: [
              { topologyKey: HOST_LABEL, labelSelector: { matchLabels: labels } },
            ],
          },
        },
        ...nodesOf(placement),
      };
    },
  },
  namespace: { name: namespaces.data },
  pool: "data",
  pods: { [NAME]: { labels } },
  connections: ({ own }) => [{ from: own(NAME), to: own(NAME), port: PORTS.redis }],
  scraped: [{ group: NAME, port: { name: "metrics", number: PORTS.metrics } }],
  provides: [
    {
      capability: "wake-ups",
      group: NAME,
      port: PORTS.redis,
      host: inClusterHost(NAME, namespaces.data),
      url: "redis://:{password}@{host}:{port}/0",
      password: "valkey/users",
    },
  ],
  secrets: ({ environment }) => {
    const path = secretPath(environment, NAME, "users");
    return {
      stored: [{ path, resource: NAME, made: { kind: "random", bytes: 32 } }],
      mounted: [
        {
          name: USERS,
          namespace: namespaces.data,
          reader: NAME,
          files: [{ file: "default", path, property: SECRET_PROPERTY }],
        },
      ],
    };
  },
  backupNamespaces: [namespaces.data],
});
