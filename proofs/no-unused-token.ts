import { count } from "../platform/count.ts";
import { describeObject, type KubernetesObject } from "../plan/model/kubernetes.ts";
import type { Proof } from "./proof.ts";
import { callersOfApi, tokenHoldersOf } from "./evaluation/rbac.ts";

interface Account extends KubernetesObject {
  readonly automountServiceAccountToken?: boolean;
}

export const noUnusedToken: Proof = {
  name: "no-unused-token",
  claim: "None of our pods gets a Kubernetes API token, unless a role is bound to its ServiceAccount.",
  examine(plan) {
    const callers = new Set(callersOfApi(plan));
    const holders = tokenHoldersOf(plan).filter(({ addon }) => addon === undefined);
    const accounts = plan.objects.map(({ manifest }) => manifest).filter(({ kind }) => kind === "ServiceAccount");
    return {
      evidence: [`${count(holders.length, "workload")} with a token`],
      failures: [
        ...accounts
          .filter((account) => (account as Account).automountServiceAccountToken !== false)
          .map(
            (account) =>
              `${describeObject(account)} mounts a token into pods by default. Set automountServiceAccountToken to false.`,
          ),
        ...holders
          .filter((holder) => !callers.has(holder))
          .map(
            ({ description }) =>
              `${description} mounts a token, but has no role. Set automountServiceAccountToken to false, or bind a role.`,
          ),
      ],
    };
  },
};
