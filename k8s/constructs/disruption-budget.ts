import { Construct } from "constructs";
import { IntOrString, type LabelSelector, PodDisruptionBudget } from "../objects.ts";

export interface DisruptionBudgetProps {
  readonly namespace: string;
  readonly name: string;
  readonly selector: LabelSelector;
  /** The fewest replicas there can be. */
  readonly minReplicas: number;
  /** The share of replicas that a drain may take at once; Kubernetes rounds it up. @default "25%" */
  readonly maxUnavailable?: `${number}%`;
}

/** Limits what a drain takes at once, and always lets it take one pod: a budget that never does blocks every upgrade. */
export class DisruptionBudget extends Construct {
  readonly disruptionBudget: PodDisruptionBudget;
  readonly maxUnavailable: `${number}%`;

  constructor(
    scope: Construct,
    id: string,
    { namespace, name, selector, minReplicas, maxUnavailable = "25%" }: DisruptionBudgetProps,
  ) {
    super(scope, id);
    if (minReplicas < 2) {
      throw new Error(
        `${this.node.path}: 'minReplicas' is ${minReplicas}; a budget over one replica protects nothing or blocks every drain. Leave it out, or run two.`,
      );
    }
    if (parseFloat(maxUnavailable) <= 0) {
      throw new Error(
        `${this.node.path}: 'maxUnavailable' is ${maxUnavailable}, so no drain could ever go on. Raise it.`,
      );
    }
    this.maxUnavailable = maxUnavailable;
    this.disruptionBudget = new PodDisruptionBudget(this, "budget", {
      metadata: { name, namespace },
      spec: {
        selector,
        maxUnavailable: IntOrString.fromString(maxUnavailable),
        // A pod that never became ready must not hold a drain up.
        unhealthyPodEvictionPolicy: "AlwaysAllow",
      },
    });
  }
}
