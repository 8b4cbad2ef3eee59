import { costsOf, describeCosts, formatUsd } from "./evaluation/costs.ts";
import type { Proof } from "./proof.ts";

export const fitsBudget: Proof = {
  name: "fits-budget",
  claim: "Every billed resource has a price, and the cost at maximum size fits the environment's budget.",
  examine(plan) {
    const { budget } = plan.expected;
    const costs = costsOf(plan);
    const failures = [
      ...new Set(
        costs.unpriced.map(
          ({ resource, reason }) =>
            `${resource} is unpriced: ${reason} Add its price, or say why it is free, or except it for a while.`,
        ),
      ),
    ];
    if (budget === undefined && failures.length === 0 && costs.lines.length > 0) {
      return { evidence: [], failures, notJudged: "the environment has no budget. Set 'budget.monthly'." };
    }
    return {
      evidence: [describeCosts(costs), ...(budget === undefined ? [] : [`budget ${formatUsd(budget)}`])],
      failures: [
        ...failures,
        ...(budget !== undefined && costs.total.max > budget
          ? [
              `The environment costs ${formatUsd(costs.total.max)} a month at maximum size, and its budget is ${formatUsd(budget)}. Lower the maximum of a pool, or raise 'budget.monthly'.`,
            ]
          : []),
      ],
    };
  },
};
