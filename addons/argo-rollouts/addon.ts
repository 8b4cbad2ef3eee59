import { z } from "zod";
import { defineAddon } from "../../platform/addon.ts";
import { labels, NAME, NAMESPACE, VERSION } from "./facts.ts";
import { patchesOf } from "./patches.ts";

const METRICS_PORT = 8090;

/** Argo Rollouts with its Gateway API plug-in: canary and blue-green releases, judged by metrics. */
export const argoRollouts = defineAddon({
  name: NAME,
  licence: "Apache-2.0",
  options: z.strictObject({}),
  delivery: {
    by: "application",
    source: {
      kind: "kustomize",
      repository: "https://github.com/argoproj/argo-rollouts",
      path: "manifests/cluster-install",
      versions: [VERSION],
    },
    values: ({ placement }) => ({
      // The folder has the tag `latest` in every release.
      images: [`quay.io/argoproj/argo-rollouts:${VERSION}`],
      patches: patchesOf(placement),
    }),
  },
  namespace: { name: NAMESPACE, podSecurity: "restricted" },
  pool: "infrastructure",
  pods: { [NAME]: { labels } },
  connections: ({ controlPlane, own, provider }) => {
    const prometheus = provider("metrics");
    return [
      ...controlPlane.ports.map((port) => ({ from: own(NAME), to: controlPlane.api, port })),
      ...(prometheus ? [{ from: own(NAME), to: prometheus.pods, port: prometheus.port }] : []),
    ];
  },
  scraped: [{ group: NAME, port: { name: "metrics", number: METRICS_PORT } }],
  provides: [{ capability: "rollouts", group: NAME }],
  kinds: ["argoproj.io/Rollout", "argoproj.io/AnalysisTemplate"],
});
