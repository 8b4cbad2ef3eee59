import { z } from "zod";
import { defineAddon } from "../../platform/addon.ts";
import { namespaces } from "../../platform/names.ts";

/**
 * The custom kinds of the Prometheus operator. Every other add-on and service has a monitor or rules, so the kinds come before all
 * of them, while the programs that read them come after their secrets. The chart's version must be of the operator's release.
 */
export const prometheusOperatorCrds = defineAddon({
  name: "prometheus-operator-crds",
  licence: "Apache-2.0",
  options: z.strictObject({}),
  delivery: {
    by: "application",
    source: {
      kind: "chart",
      repository: "https://prometheus-community.github.io/helm-charts",
      chart: "prometheus-operator-crds",
      versions: ["31.0.1"],
    },
  },
  namespace: { name: namespaces.observability },
  kinds: [
    "monitoring.coreos.com/Alertmanager",
    "monitoring.coreos.com/PodMonitor",
    "monitoring.coreos.com/Prometheus",
    "monitoring.coreos.com/PrometheusRule",
    "monitoring.coreos.com/ServiceMonitor",
  ],
});
