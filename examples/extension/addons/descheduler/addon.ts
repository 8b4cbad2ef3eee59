import { defineAddon } from "promptops/platform";
import { z } from "zod";

/** Evicts pods that would fit better elsewhere. Installed by the team that owns the cluster. */
export const descheduler = defineAddon({
  name: "descheduler",
  licence: "Apache-2.0",
  options: z.strictObject({}),
  delivery: { by: "assumed", evidence: { page: "https://sigs.k8s.io/descheduler", date: "2026-11-24" } },
  namespace: { name: "kube-system" },
});
