import { addonSources, rabbitmqImage } from "../../platform/catalogue/addons.ts";
import { addonPorts } from "../../platform/declared-connections.ts";
import { namespaces, storageClasses } from "../../platform/names.ts";
import { POOL_LABEL } from "../../platform/pools.ts";
import { Addon } from "../constructs/addon.ts";
import { NetworkAccess } from "../constructs/network-access.ts";
import { prometheus, tcp, workload } from "../constructs/network-peers.ts";
import { restrictedContainer, restrictedPod } from "../constructs/pod-template.ts";
import {
  RabbitmqCluster,
  RabbitmqClusterSpecPersistenceStorage,
  RabbitmqClusterSpecResourcesLimits,
  RabbitmqClusterSpecResourcesRequests,
} from "../imports/rabbitmq.com.ts";
import type { Context } from "./context.ts";
import { HOST_LABEL, placementOn } from "./placement.ts";
import { addScraping } from "./scraping.ts";

const namespace = namespaces.data;
const name = "rabbitmq";
const labels = { "app.kubernetes.io/name": name };
/** A quorum queue outlives the loss of one of three. */
const NODES = 3;
/** The operator's default is a week: a drain would wait for a queue that cannot move. */
const GRACE_SECONDS = 600;
const RABBITMQ_USER = 999;
/** RabbitMQ writes beside its own files. */
const container = { ...restrictedContainer, readOnlyRootFilesystem: false };
/** The operator names no seccomp profile, and the namespace lets in nothing without one. Its containers are known by these names. */
const RESTRICTED = {
  securityContext: restrictedPod(RABBITMQ_USER),
  initContainers: [{ name: "setup-container", securityContext: container }],
  containers: [{ name: "rabbitmq", securityContext: container }],
};
const OPERATOR = "rabbitmq-cluster-operator";

/** RabbitMQ for events that must not be lost: three nodes, quorum queues, streams. */
export function addRabbitmq(context: Context): void {
  const { environment, cloud, layers } = context;
  if (!environment.rabbitmq) return;
  new Addon(layers.operators, OPERATOR, {
    name: OPERATOR,
    namespace: namespaces.rabbitmqOperator,
    source: addonSources.rabbitmqOperator,
    automaticSync: environment.gitops.automaticSync,
    footprints: [
      {
        name: OPERATOR,
        labels: { "app.kubernetes.io/name": OPERATOR },
        pods: 1,
        requests: { cpu: "200m", memory: "500Mi" },
      },
    ],
  });
  new NetworkAccess(layers.namespaces, OPERATOR, {
    namespace: namespaces.rabbitmqOperator,
    name: OPERATOR,
    selector: { matchLabels: { "app.kubernetes.io/name": OPERATOR } },
    to: [cloud.controlPlane.api],
  });
  addNodes(context, environment.rabbitmq);
  const { amqp, metrics, discovery, cluster } = addonPorts.rabbitmq;
  const between = { peers: [workload(namespace, name)], ports: tcp(amqp, discovery, cluster) };
  new NetworkAccess(layers.data, `${name}-network`, {
    namespace,
    name,
    selector: { matchLabels: labels },
    from: [between, { peers: [prometheus], ports: tcp(metrics) }],
    to: [cloud.controlPlane.api, between],
  });
  addScraping(context, {
    namespace,
    name,
    labels,
    peer: workload(namespace, name),
    port: { name: "prometheus", number: metrics },
  });
}

function addNodes({ environment, layers }: Context, { memory, storage }: { memory: string; storage: string }): void {
  const placement = placementOn(environment, "data");
  new RabbitmqCluster(layers.data, `${name}-nodes`, {
    metadata: { name, namespace },
    spec: {
      replicas: NODES,
      image: rabbitmqImage,
      persistence: {
        storageClassName: storageClasses.fast,
        storage: RabbitmqClusterSpecPersistenceStorage.fromString(storage),
      },
      resources: {
        requests: {
          cpu: RabbitmqClusterSpecResourcesRequests.fromString("250m"),
          memory: RabbitmqClusterSpecResourcesRequests.fromString(memory),
        },
        limits: {
          cpu: RabbitmqClusterSpecResourcesLimits.fromString("1"),
          memory: RabbitmqClusterSpecResourcesLimits.fromString(memory),
        },
      },
      rabbitmq: {
        additionalPlugins: ["rabbitmq_stream"],
        additionalConfig: "default_queue_type = quorum\ncluster_partition_handling = pause_minority\n",
      },
      terminationGracePeriodSeconds: GRACE_SECONDS,
      override: { statefulSet: { spec: { template: { spec: RESTRICTED } } } },
      ...(placement.tolerations && { tolerations: [...placement.tolerations] }),
      affinity: {
        nodeAffinity: {
          requiredDuringSchedulingIgnoredDuringExecution: {
            nodeSelectorTerms: [{ matchExpressions: [{ key: POOL_LABEL, operator: "In", values: [placement.pool] }] }],
          },
        },
        podAntiAffinity: {
          requiredDuringSchedulingIgnoredDuringExecution: [
            { topologyKey: HOST_LABEL, labelSelector: { matchLabels: labels } },
          ],
        },
      },
    },
  });
}
