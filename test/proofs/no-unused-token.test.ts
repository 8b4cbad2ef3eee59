import { noUnusedToken } from "../../proofs/no-unused-token.ts";
import { pod, testProof } from "./damage.ts";

testProof(noUnusedToken, [
  [
    "a token that the pod asks for",
    "Rollout",
    "api",
    (manifest) => (pod(manifest).automountServiceAccountToken = true),
    /Rollout application\/api gets a token and has no role/,
  ],
  [
    "the default account's token",
    "Rollout",
    "api",
    (manifest) => {
      delete pod(manifest).automountServiceAccountToken;
      delete pod(manifest).serviceAccountName;
    },
    /gets a token/,
  ],
]);
