import type { Alert } from "../../k8s/constructs/alert-rules.ts";
import { foreignSeries } from "../../k8s/constructs/promql.ts";
import { namespaces } from "../../platform/names.ts";
import { CLUSTER } from "./facts.ts";

export const alerts: readonly Alert[] = [
  {
    name: "QueueQuorumLost",
    expression: `avg(${foreignSeries("up", { namespace: namespaces.data, job: `${namespaces.data}/${CLUSTER}` })}) <= 0.5`,
    for: "2m",
    severity: "page",
    summary: "{{ $value | humanizePercentage }} of RabbitMQ's nodes answer: quorum queues accept no message",
  },
];
