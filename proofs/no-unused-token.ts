import type { Proof } from "./proof.ts";
import { callersOfApi, tokenHoldersOf } from "./evaluation/rbac.ts";

export const noUnusedToken: Proof = {
  name: "no-unused-token",
  claim: "None of our pods gets a token of the Kubernetes API that no role lets it use.",
  examine(plan) {
    const callers = new Set(callersOfApi(plan));
    const holders = tokenHoldersOf(plan).filter(({ addon }) => addon === undefined);
    return {
      evidence: [`${holders.length} of our workloads hold a token`],
      failures: holders
        .filter((holder) => !callers.has(holder))
        .map(
          ({ description }) =>
            `${description} gets a token and has no role. Set automountServiceAccountToken to false, or bind a role.`,
        ),
    };
  },
};
