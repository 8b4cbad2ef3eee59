export const CLUSTER = "rabbitmq";
export const OPERATOR = "rabbitmq-cluster-operator";
/** The operator gives a cluster's pods its name. */
export const labels = { "app.kubernetes.io/name": CLUSTER };

export const PORTS = {
  amqp: 5672,
  metrics: 15_692,
  /** epmd, by which the nodes find each other. */
  discovery: 4369,
  cluster: 25_672,
  webhook: 9443,
  operatorMetrics: 8080,
} as const;

/** What the nodes load when they start: a Secret, since it has the users' passwords. */
export const DEFINITIONS = {
  secret: "rabbitmq-definitions",
  file: "definitions.json",
  folder: "/etc/rabbitmq/definitions",
};

/** The default of the operator's release. */
export const serverImage = "docker.io/library/rabbitmq:4.3.4-management";
