import { expect, test } from "vitest";
import type { KubernetesObject } from "../../plan/model/kubernetes.ts";
import type { Plan } from "../../plan/model/plan.ts";
import { noUnusedToken } from "../../proofs/no-unused-token.ts";
import { damageObject, type Editable, planOf, withObject } from "../plans.ts";
import { pod, testProof } from "./damage.ts";

testProof(noUnusedToken, [
  [
    "a token that the pod asks for",
    "Rollout",
    "api",
    (manifest) => (pod(manifest).automountServiceAccountToken = true),
    /Rollout application\/api mounts a token, but has no role/,
  ],
  [
    "an account that gives tokens",
    "ServiceAccount",
    "worker",
    (manifest) => delete manifest.automountServiceAccountToken,
    /ServiceAccount application\/worker mounts a token/,
  ],
  [
    "the default account's token",
    "Rollout",
    "api",
    (manifest) => {
      delete pod(manifest).automountServiceAccountToken;
      delete pod(manifest).serviceAccountName;
    },
    /mounts a token/,
  ],
]);

const token: Editable = { name: "token", projected: { sources: [{ serviceAccountToken: { path: "token" } }] } };

test("finds a token that a volume projects, and takes one that a role lets the pod use", async () => {
  const plan = damageObject(await planOf("production"), "Rollout", "api", (manifest) => {
    pod(manifest).volumes.push(token);
  });
  expect(noUnusedToken.examine(plan).failures).toEqual([
    expect.stringMatching(/Rollout application\/api mounts a token/),
  ]);

  const role = { apiVersion: "rbac.authorization.k8s.io/v1", metadata: { name: "api", namespace: "application" } };
  const binding = {
    ...role,
    kind: "RoleBinding",
    roleRef: { kind: "Role", name: "api" },
    subjects: [{ kind: "ServiceAccount", name: "api", namespace: "application" }],
  };
  const permitted = (verbs: string[]): Plan =>
    withObject(withObject(plan, { ...role, kind: "Role", rules: [{ verbs }] } as KubernetesObject), binding);
  expect(noUnusedToken.examine(permitted(["get"])).failures).toEqual([]);
  expect(noUnusedToken.examine(permitted([])).failures).toHaveLength(1);
});
