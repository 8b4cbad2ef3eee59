import {
  describeObject,
  type KubernetesObject,
  type Labels,
  type LabelSelector,
  selects,
} from "../plan/model/kubernetes.ts";
import type { Plan } from "../plan/model/plan.ts";
import type { Proof } from "./proof.ts";

interface SelectorSpec {
  readonly selector?: Labels | LabelSelector;
}

interface Selected {
  readonly namespace: string;
  readonly labels: Labels;
}

export const validSelectors: Proof = {
  name: "valid-selectors",
  claim:
    "Every Service selects pods, every monitor selects its targets, and every topology spread selects its own pods.",
  examine(plan) {
    const objects = plan.objects.map(({ manifest }) => manifest);
    const pods: Selected[] = [...plan.podSources, ...plan.operatedPods];
    const services = objects
      .filter(({ kind }) => kind === "Service")
      .map(({ metadata }) => ({ namespace: metadata.namespace ?? "default", labels: metadata.labels ?? {} }));
    const judged = objects.flatMap((object) => {
      const meant = { Service: pods, PodMonitor: pods, ServiceMonitor: services }[object.kind];
      return meant ? [{ object, found: meant.some((each) => isSelected(object, each)) }] : [];
    });
    return {
      evidence: [`${judged.length} selectors, ${plan.podSources.length} workloads`],
      failures: [
        ...judged
          .filter(({ found }) => !found)
          .map(({ object }) => `${describeObject(object)}: its selector matches nothing in the plan.`),
        ...plan.podSources.flatMap(spreadFailures),
      ],
    };
  },
};

function isSelected({ kind, metadata, spec }: KubernetesObject, { namespace, labels }: Selected): boolean {
  if (namespace !== (metadata.namespace ?? "default")) return false;
  const { selector } = spec as SelectorSpec;
  // The selector of a Service is a map of labels; that of a monitor is a label selector.
  const wanted = kind === "Service" ? { matchLabels: selector as Labels } : (selector as LabelSelector);
  return selects(wanted, labels);
}

/** A spread that counts other pods, or no pods, has no effect. */
function spreadFailures({ description, labels, spec }: Plan["podSources"][number]): string[] {
  return (spec.topologySpreadConstraints ?? [])
    .filter(({ labelSelector = {} }) => !selects(labelSelector, labels))
    .map(({ topologyKey }) => `${description}: its spread over ${topologyKey} does not count its own pods.`);
}
