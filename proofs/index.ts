import type { Finding, Plan } from "../plan/model/plan.ts";
import { fitsBudget } from "./fits-budget.ts";
import { fitsConnections } from "./fits-connections.ts";
import { fitsFloor } from "./fits-floor.ts";
import { fitsNodes } from "./fits-nodes.ts";
import { fitsQuotas } from "./fits-quotas.ts";
import { noBlockedDrain } from "./no-blocked-drain.ts";
import { noDanglingReference } from "./no-dangling-reference.ts";
import { noDestructiveChange } from "./no-destructive-change.ts";
import { noDirectEgress } from "./no-direct-egress.ts";
import { noFloatingImage } from "./no-floating-image.ts";
import { noPublicAccess } from "./no-public-access.ts";
import { noUnusedToken } from "./no-unused-token.ts";
import type { Proof } from "./proof.ts";
import { requireAdmission } from "./require-admission.ts";
import { requireAlerts } from "./require-alerts.ts";
import { requireAsDeclared } from "./require-as-declared.ts";
import { requireConnectivity } from "./require-connectivity.ts";
import { requireEncryption } from "./require-encryption.ts";
import { requireEnforcement } from "./require-enforcement.ts";
import { requireGrace } from "./require-grace.ts";
import { requireLeastPrivilege } from "./require-least-privilege.ts";
import { requireProtection } from "./require-protection.ts";
import { requireReceivers } from "./require-receivers.ts";
import { requireRecordedSource } from "./require-recorded-source.ts";
import { requireRehearsal } from "./require-rehearsal.ts";
import { requireSecretSource } from "./require-secret-source.ts";
import { requireSpread } from "./require-spread.ts";
import { requireStorageClass } from "./require-storage-class.ts";
import { validAlertLabels } from "./valid-alert-labels.ts";
import { validApiVersions } from "./valid-api-versions.ts";
import { validDelivery } from "./valid-delivery.ts";
import { validFilters } from "./valid-filters.ts";
import { validGateways } from "./valid-gateways.ts";
import { validHosts } from "./valid-hosts.ts";
import { validLimits } from "./valid-limits.ts";
import { validModelServers } from "./valid-model-servers.ts";
import { validNamespaces } from "./valid-namespaces.ts";
import { validNetwork } from "./valid-network.ts";
import { validOrder } from "./valid-order.ts";
import { validPods } from "./valid-pods.ts";
import { validPolicies } from "./valid-policies.ts";
import { validPorts } from "./valid-ports.ts";
import { validProbes } from "./valid-probes.ts";
import { validPrograms } from "./valid-programs.ts";
import { validQueries } from "./valid-queries.ts";
import { validResources } from "./valid-resources.ts";
import { validRollouts } from "./valid-rollouts.ts";
import { validScaling } from "./valid-scaling.ts";
import { validSchedules } from "./valid-schedules.ts";
import { validScrapes } from "./valid-scrapes.ts";
import { validSelectors } from "./valid-selectors.ts";
import { validSignals } from "./valid-signals.ts";
import { validVolumes } from "./valid-volumes.ts";
import { validWorkloads } from "./valid-workloads.ts";

export const proofs: readonly Proof[] = [
  fitsBudget,
  fitsConnections,
  fitsFloor,
  fitsNodes,
  fitsQuotas,
  noBlockedDrain,
  noDanglingReference,
  noDestructiveChange,
  noDirectEgress,
  noFloatingImage,
  noPublicAccess,
  noUnusedToken,
  requireAdmission,
  requireAlerts,
  requireAsDeclared,
  requireConnectivity,
  requireEncryption,
  requireEnforcement,
  requireGrace,
  requireLeastPrivilege,
  requireProtection,
  requireReceivers,
  requireRecordedSource,
  requireRehearsal,
  requireSecretSource,
  requireSpread,
  requireStorageClass,
  validAlertLabels,
  validApiVersions,
  validDelivery,
  validFilters,
  validGateways,
  validHosts,
  validLimits,
  validModelServers,
  validNamespaces,
  validNetwork,
  validOrder,
  validPods,
  validPolicies,
  validPorts,
  validProbes,
  validPrograms,
  validQueries,
  validResources,
  validRollouts,
  validScaling,
  validSchedules,
  validScrapes,
  validSelectors,
  validSignals,
  validVolumes,
  validWorkloads,
];

/** Examines a plan. Proofs of another repository come beside the platform's: `prove(plan, [...proofs, requireTeam])`. */
export function prove(plan: Plan, chosen: readonly Proof[] = proofs): Finding[] {
  return chosen.map(({ name, claim, examine }) => ({ proof: name, claim, ...examine(plan) }));
}
