import type { Finding, Plan } from "../plan/model/plan.ts";
import { fitsConnections } from "./fits-connections.ts";
import { fitsFloor } from "./fits-floor.ts";
import { fitsNodes } from "./fits-nodes.ts";
import { fitsQuotas } from "./fits-quotas.ts";
import { noBlockedDrain } from "./no-blocked-drain.ts";
import { noFloatingImage } from "./no-floating-image.ts";
import type { Proof } from "./proof.ts";
import { requireConnectivity } from "./require-connectivity.ts";
import { requireGrace } from "./require-grace.ts";
import { requireRehearsal } from "./require-rehearsal.ts";
import { requireSecretSource } from "./require-secret-source.ts";
import { requireStorageClass } from "./require-storage-class.ts";
import { validApiVersions } from "./valid-api-versions.ts";
import { validHosts } from "./valid-hosts.ts";
import { validOrder } from "./valid-order.ts";
import { validPorts } from "./valid-ports.ts";
import { validQueries } from "./valid-queries.ts";
import { validSelectors } from "./valid-selectors.ts";

export const proofs: readonly Proof[] = [
  fitsNodes,
  fitsFloor,
  fitsConnections,
  fitsQuotas,
  noBlockedDrain,
  noFloatingImage,
  requireConnectivity,
  requireGrace,
  requireRehearsal,
  requireSecretSource,
  requireStorageClass,
  validApiVersions,
  validHosts,
  validOrder,
  validPorts,
  validQueries,
  validSelectors,
];

/** Examines a plan. Proofs of another repository come beside the platform's: `prove(plan, [...proofs, requireTeam])`. */
export function prove(plan: Plan, chosen: readonly Proof[] = proofs): Finding[] {
  return chosen.map(({ name, claim, examine }) => ({ proof: name, claim, ...examine(plan) }));
}
