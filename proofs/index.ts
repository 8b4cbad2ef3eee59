import type { Finding, Plan } from "../plan/model/plan.ts";
import { fitsFloor } from "./fits-floor.ts";
import { fitsNodes } from "./fits-nodes.ts";
import { noBlockedDrain } from "./no-blocked-drain.ts";
import type { Proof } from "./proof.ts";
import { requireSecretSource } from "./require-secret-source.ts";
import { validQueries } from "./valid-queries.ts";

export const proofs: readonly Proof[] = [fitsNodes, fitsFloor, noBlockedDrain, requireSecretSource, validQueries];

export function prove(plan: Plan): Finding[] {
  return proofs.map(({ name, claim, examine }) => ({ proof: name, claim, ...examine(plan) }));
}
