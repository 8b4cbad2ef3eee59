import type { Fault } from "./faults.ts";
import { isSecretName, secretIn } from "./secret-forms.ts";

const NEXT = "An environment file is committed: revoke it, and put the new one into the secret store";

/**
 * Secrets in clear text below a key of the file, ours or a provider's. `{ secure: ... }` is encrypted by Pulumi.
 * No fault carries the value.
 */
export function clearSecrets(path: string, value: unknown): Fault[] {
  if (typeof value === "object" && value !== null) {
    if ("secure" in value) return [];
    return Object.entries(value).flatMap(([key, part]) => clearSecrets(`${path}.${key}`, part));
  }
  if (typeof value !== "string") return [];
  const found = secretIn(value);
  if (found !== undefined) return [{ path, rule: `${found}. ${NEXT}.` }];
  const [name = ""] = path.split(/[.:]/).slice(-1);
  // A model's credential names a secret.
  if (isSecretName(name) && !/\.\d+\.credential$/.test(path))
    return [{ path, rule: `is named like a secret, and is in clear text. ${NEXT}.` }];
  return [];
}
