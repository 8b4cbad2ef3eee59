import { z } from "zod";
import { defineAddon } from "../../platform/addon.ts";

/** Argo Rollouts with its Gateway API plug-in: canary and blue-green releases, judged by metrics. */
export const argoRollouts = defineAddon({
  name: "argo-rollouts",
  licence: "Apache-2.0",
  options: z.strictObject({}),
  delivery: {
    by: "assumed",
    evidence: { page: "https://argoproj.github.io/argo-rollouts/installation/", date: "2026-11-22" },
  },
  namespace: { name: "argo-rollouts" },
  pods: { "argo-rollouts": { labels: { "app.kubernetes.io/name": "argo-rollouts" } } },
  connections: ({ own, provider }) => {
    const prometheus = provider("metrics");
    return prometheus ? [{ from: own("argo-rollouts"), to: prometheus.pods, port: prometheus.port }] : [];
  },
  provides: [{ capability: "rollouts", group: "argo-rollouts" }],
  kinds: ["argoproj.io/Rollout", "argoproj.io/AnalysisTemplate"],
});
