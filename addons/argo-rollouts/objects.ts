import { DisruptionBudget } from "../../k8s/constructs/disruption-budget.ts";
import type { AddObjects } from "../../k8s/context.ts";
import { labels, NAME, NAMESPACE, REPLICAS } from "./facts.ts";

/** The release's manifests have no budget. */
export const addObjects: AddObjects = ({ layers }) => {
  new DisruptionBudget(layers.operators, `${NAME}-budget`, {
    namespace: NAMESPACE,
    name: NAME,
    selector: { matchLabels: labels },
    minReplicas: REPLICAS,
  });
};
