import { z } from "zod";
import { defineAddon } from "../../platform/addon.ts";
import { inClusterHost, namespaces, SECRET_PROPERTY, secretPath } from "../../platform/names.ts";
import { quantity, smallestVolume } from "../../platform/schema.ts";
import { messageQueues } from "../../platform/service.ts";
import { definitionsOf } from "./definitions.ts";
import { CLUSTER, DEFINITIONS, labels, OPERATOR, PORTS } from "./facts.ts";
import { podsOfCluster } from "./pods-of-cluster.ts";

const NAMESPACE = "rabbitmq-system";
/** Random bytes of a user's password. */
const PASSWORD_BYTES = 32;
/** https://www.rabbitmq.com/docs/production-checklist#resource-limits-ram */
const memory = { min: "256Mi", because: "a RabbitMQ node needs as much at all times" };
const VERSION = "v2.22.3";

/** RabbitMQ for events that must not be lost: three nodes, quorum queues, streams. */
export const rabbitmq = defineAddon({
  name: "rabbitmq",
  licence: "MPL-2.0",
  options: z.strictObject({
    memory: quantity("memory", "2Gi", memory).default("2Gi").describe("memory of each broker; default 2Gi"),
    storage: quantity("storage", "10Gi", smallestVolume)
      .default("10Gi")
      .describe("size of the volume of each broker; default 10Gi"),
  }),
  // cert-manager issues the certificate of the operator's webhook.
  needs: ["cert-manager"],
  delivery: {
    by: "application",
    source: {
      kind: "kustomize",
      repository: "https://github.com/rabbitmq/cluster-operator",
      path: "config/installation",
      versions: [VERSION],
    },
    values: () => ({
      // The folder names the tag `latest`, whatever the release.
      images: [`ghcr.io/rabbitmq/cluster-operator:${VERSION.slice(1)}`],
      // The namespace is the platform's: with two owners it would lose its Pod Security labels.
      patches: [
        {
          target: { kind: "Namespace" },
          patch: JSON.stringify({
            $patch: "delete",
            apiVersion: "v1",
            kind: "Namespace",
            metadata: { name: NAMESPACE },
          }),
        },
      ],
    }),
  },
  namespace: { name: NAMESPACE, podSecurity: "restricted" },
  pool: "data",
  pods: {
    [OPERATOR]: { labels: { "app.kubernetes.io/name": OPERATOR } },
    [CLUSTER]: { namespace: namespaces.data, labels },
  },
  connections: ({ own, controlPlane }) => [
    ...[PORTS.amqp, PORTS.discovery, PORTS.cluster].map((port) => ({ from: own(CLUSTER), to: own(CLUSTER), port })),
    ...[own(CLUSTER), own(OPERATOR)].flatMap((from) =>
      controlPlane.ports.map((port) => ({ from, to: controlPlane.api, port })),
    ),
    { from: controlPlane.caller, to: own(OPERATOR), port: PORTS.webhook },
  ],
  scraped: [
    { group: CLUSTER, port: { name: "prometheus", number: PORTS.metrics } },
    { group: OPERATOR, port: { name: "metrics", number: PORTS.operatorMetrics } },
  ],
  provides: [
    {
      capability: "messages",
      group: CLUSTER,
      port: PORTS.amqp,
      host: inClusterHost(CLUSTER, namespaces.data),
      url: "amqp://{user}:{password}@{host}:{port}",
      passwords: CLUSTER,
    },
  ],
  secrets: ({ environment, services }) => {
    const users = services
      .map((service) => ({ name: service.name, queues: messageQueues(service) }))
      .filter(({ queues }) => queues.length > 0);
    const passwordPath = (user: string): string => secretPath(environment, CLUSTER, user);
    const path = secretPath(environment, CLUSTER, "definitions");
    const passwords = Object.fromEntries(users.map(({ name }) => [name, passwordPath(name)]));
    return {
      stored: [
        ...users.map(({ name }) => ({
          path: passwordPath(name),
          resource: `${CLUSTER}-${name}`,
          made: { kind: "random", bytes: PASSWORD_BYTES } as const,
        })),
        { path, resource: DEFINITIONS.secret, made: { kind: "text", text: definitionsOf(users), passwords } },
      ],
      mounted: [
        {
          name: DEFINITIONS.secret,
          namespace: namespaces.data,
          reader: CLUSTER,
          files: [{ file: DEFINITIONS.file, path, property: SECRET_PROPERTY }],
        },
      ],
    };
  },
  kinds: ["rabbitmq.com/RabbitmqCluster"],
  operates: { "rabbitmq.com/v1beta1 RabbitmqCluster": podsOfCluster },
  backupNamespaces: [namespaces.data],
});
