/**
 * Containers of the pods that an operator makes of a kind, by the names that it gives them: an override of another name adds a
 * container. https://www.rabbitmq.com/kubernetes/operator/using-operator#override, read 2026-11-22.
 */
export const operatorContainers: Readonly<Record<string, readonly string[]>> = {
  RabbitmqCluster: ["setup-container", "rabbitmq"],
};
