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
import { CLUSTER, labels, serverImage } from "./facts.ts";

/** A quorum queue survives the loss of one of three. */
const NODES = 3;
/** The operator's default is a week: a drain would wait for a queue that cannot move. */
const GRACE_SECONDS = 600;
const RABBITMQ_USER = 999;
/** RabbitMQ writes beside its own files. */
const container = { ...restrictedContainer, readOnlyRootFilesystem: false };
/** The operator sets no seccomp profile, and the namespace admits no pod without one. Its containers have these names. */
const RESTRICTED = {
  securityContext: restrictedPod(RABBITMQ_USER),
  initContainers: [{ name: "setup-container", securityContext: container }],
  containers: [{ name: "rabbitmq", securityContext: container }],
};

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
};
