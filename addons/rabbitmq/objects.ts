import type { AddObjects } from "../../k8s/context.ts";
import {
  RabbitmqCluster,
  RabbitmqClusterSpecPersistenceStorage,
  RabbitmqClusterSpecResourcesLimits,
  RabbitmqClusterSpecResourcesRequests,
} from "../../k8s/imports/rabbitmq.com.ts";
import { optionsOf } from "../../platform/installed-addons.ts";
import { namespaces, storageClasses } from "../../platform/names.ts";
import { HOST_LABEL } from "../../platform/placement.ts";
import { POOL_LABEL } from "../../platform/pools.ts";
import { restrictedContainer, restrictedPod } from "../../platform/security-context.ts";
import { rabbitmq } from "./addon.ts";
import { CLUSTER, DEFINITIONS, labels, serverImage } from "./facts.ts";

/** A quorum queue survives the loss of one of three. */
const NODES = 3;
/** The operator's default is a week: a drain would wait for a queue that cannot move. */
const GRACE_SECONDS = 600;
const RABBITMQ_USER = 999;
/** RabbitMQ writes beside its own files. */
const container = { ...restrictedContainer, readOnlyRootFilesystem: false };
/** The operator sets no seccomp profile, and the namespace admits no pod without one. Its containers have these names. */
const POD = {
  securityContext: restrictedPod(RABBITMQ_USER),
  initContainers: [{ name: "setup-container", securityContext: container }],
  containers: [
    {
      name: "rabbitmq",
      securityContext: container,
      volumeMounts: [{ name: "definitions", mountPath: DEFINITIONS.folder, readOnly: true }],
    },
  ],
  volumes: [{ name: "definitions", secret: { secretName: DEFINITIONS.secret } }],
};
/**
 * The first node declares the queues of the definitions before the others have joined, so each one later gets as many replicas as there are
 * nodes. Metrics per object tell one queue from another. With definitions, RabbitMQ creates no default user.
 */
const SETTINGS = [
  "default_queue_type = quorum",
  "cluster_partition_handling = pause_minority",
  `load_definitions = ${DEFINITIONS.folder}/${DEFINITIONS.file}`,
  "quorum_queue.continuous_membership_reconciliation.enabled = true",
  `quorum_queue.continuous_membership_reconciliation.target_group_size = ${NODES}`,
  "prometheus.return_per_object_metrics = true",
];

/** The nodes of RabbitMQ, on different machines. */
export const addObjects: AddObjects = ({ environment, layers }, { placement }) => {
  const { memory, storage } = optionsOf(environment, rabbitmq);
  new RabbitmqCluster(layers.data, "rabbitmq-nodes", {
    metadata: { name: CLUSTER, namespace: namespaces.data },
    spec: {
      replicas: NODES,
      image: serverImage,
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
        // A shovel puts dead letters back: docs/runbooks/UsageEventsRefused.md.
        additionalPlugins: ["rabbitmq_stream", "rabbitmq_shovel"],
        additionalConfig: `${SETTINGS.join("\n")}\n`,
      },
      terminationGracePeriodSeconds: GRACE_SECONDS,
      override: { statefulSet: { spec: { template: { spec: POD } } } },
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
};
