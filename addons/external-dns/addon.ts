import { z } from "zod";
import { defineAddon } from "../../platform/addon.ts";
import { HTTPS_PORT, internet } from "../../platform/connections.ts";
import { Hole } from "../../platform/hole.ts";
import { clusterName, GATEWAY, namespaces, SECRET_PROPERTY, secretPath } from "../../platform/names.ts";
import { nodesOf } from "../../platform/placement.ts";

const NAME = "external-dns";
const METRICS_PORT = 7979;
const TOKEN = { secret: "dns-token", key: "token" } as const;

/**
 * external-dns, which points the hosts of the gateway's routes at its load balancer. The program makes the zone and no record;
 * external-dns makes records and no zone. It changes only those that carry its mark, and deletes none.
 */
export const externalDns = defineAddon({
  name: NAME,
  licence: "Apache-2.0",
  options: z.strictObject({}),
  clouds: ["aws", "linode"],
  needs: ["gateway-api"],
  delivery: {
    by: "application",
    // After its token, which is of the layer before.
    layer: "data",
    source: {
      kind: "chart",
      repository: "https://kubernetes-sigs.github.io/external-dns/",
      chart: NAME,
      versions: ["1.21.1"],
    },
    // One pod: it elects no leader. So it has no disruption budget, which could only block drains.
    values: ({ environment, cloud, placement }) => ({
      // It calls the clouds as we do.
      provider: { name: cloud.name },
      sources: ["gateway-httproute"],
      gatewayNamespace: namespaces.gateway,
      extraArgs: { "gateway-name": GATEWAY },
      domainFilters: [Hole.text("domain", environment.domain)],
      policy: "upsert-only",
      registry: "txt",
      txtOwnerId: Hole.text("owner", clusterName(environment)),
      logFormat: "json",
      env: [cloud.dnsZone === "by-token" ? tokenVariable : regionVariable],
      resources: { requests: { cpu: "20m", memory: "64Mi" }, limits: { memory: "128Mi" } },
      ...nodesOf(placement),
    }),
  },
  namespace: { name: NAME, podSecurity: "restricted" },
  pool: "infrastructure",
  pods: { [NAME]: { labels: { "app.kubernetes.io/name": NAME } } },
  connections: ({ own, controlPlane }) => [
    ...controlPlane.ports.map((port) => ({ from: own(NAME), to: controlPlane.api, port })),
    { from: own(NAME), to: internet, port: HTTPS_PORT },
  ],
  scraped: [{ group: NAME, port: { name: "http", number: METRICS_PORT } }],
  failures: [
    {
      ...{ failure: "the DNS zone is no longer brought up to date", operator: ">", atMost: 3_600 },
      metric: "external_dns_controller_last_sync_timestamp_seconds",
    },
  ],
  rights: ({ cloud }) =>
    cloud.dnsZone === "by-identity"
      ? [{ name: NAME, group: NAME, serviceAccount: NAME, may: "manage-dns-records" }]
      : [],
  secrets: ({ environment, cloud }) => {
    if (cloud.dnsZone !== "by-token") return {};
    const path = secretPath(environment, NAME, TOKEN.key);
    return {
      stored: [{ path, resource: "dns-records", made: { kind: "dns-token" } }],
      mounted: [
        {
          name: TOKEN.secret,
          namespace: NAME,
          reader: NAME,
          files: [{ file: TOKEN.key, path, property: SECRET_PROPERTY }],
        },
      ],
    };
  },
});

/**
 * Secrets are files, except where a program reads a variable alone, as external-dns does here:
 * https://github.com/kubernetes-sigs/external-dns/blob/v0.21.0/provider/linode/linode.go#L88.
 */
const tokenVariable = { name: "LINODE_TOKEN", valueFrom: { secretKeyRef: { name: TOKEN.secret, key: TOKEN.key } } };

/** Route 53 is one for all regions and signs in this one: https://docs.aws.amazon.com/general/latest/gr/r53.html. */
const regionVariable = { name: "AWS_REGION", value: "us-east-1" };
