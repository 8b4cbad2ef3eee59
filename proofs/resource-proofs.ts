import { noPublicAccess } from "./no-public-access.ts";
import type { Proof } from "./proof.ts";
import { requireAsDeclared } from "./require-as-declared.ts";
import { requireEncryption } from "./require-encryption.ts";
import { requireLeastPrivilege } from "./require-least-privilege.ts";
import { requireProtection } from "./require-protection.ts";
import { validNetwork } from "./valid-network.ts";
import { validResources } from "./valid-resources.ts";

/** Proofs about cloud resources, which a policy pack can check in Pulumi's engine. */
export const resourceProofs: readonly Proof[] = [
  noPublicAccess,
  requireAsDeclared,
  requireEncryption,
  requireLeastPrivilege,
  requireProtection,
  validNetwork,
  validResources,
];
