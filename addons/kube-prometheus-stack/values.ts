import type { ValuesContext } from "../../platform/addon.ts";
import { Hole } from "../../platform/hole.ts";
import { storageClasses } from "../../platform/names.ts";
import { nodesOf, ZONE_LABEL } from "../../platform/placement.ts";
import { bytes } from "../../platform/quantity.ts";
import { restrictedContainer } from "../../platform/security-context.ts";
import { CONFIGURATION, GRAFANA_ADMIN, RECEIVERS, reloader } from "./facts.ts";
import { type Options, receiversOf } from "./options.ts";

/** What Prometheus may fill of its volume: the write-ahead log and a compaction need the rest. */
const DATA_SHARE = 0.8;
const MEBIBYTE = 2 ** 20;

/** Groups of the chart's rules that record series for its dashboards. Its alerts are off: ours each have a runbook. */
const ALERTING_GROUPS = [
  "alertmanager",
  "configReloaders",
  "etcd",
  "general",
  "kubeApiserverSlos",
  "kubeControllerManager",
  "kubeProxy",
  "kubeSchedulerAlerting",
  "kubeSchedulerRecording",
  "kubeStateMetrics",
  "kubernetesApps",
  "kubernetesResources",
  "kubernetesStorage",
  "kubernetesSystem",
  "network",
  "nodeExporterAlerting",
  "prometheus",
  "prometheusOperator",
  "windows",
];
const off = { enabled: false };

const requests = (cpu: string, memory: string): object => ({ requests: { cpu, memory }, limits: { memory } });

/** Values of the chart. */
export function values(context: ValuesContext<Options>): object {
  const nodes = nodesOf(context.placement);
  return {
    // They are an add-on of their own, and so is the exporter, which needs a privileged namespace.
    crds: off,
    nodeExporter: { ...off, forceDeployDashboards: true, operatingSystems: { aix: off, darwin: off } },
    // The cloud runs these. Prometheus cannot reach most of them, and no alert of ours uses the others.
    ...{ kubeEtcd: off, kubeScheduler: off, kubeControllerManager: off, kubeProxy: off, coreDns: off },
    defaultRules: { rules: Object.fromEntries(ALERTING_GROUPS.map((group) => [group, false])) },
    prometheusOperator: {
      // Proofs check rules before they are applied. MonitoringConfigRejected fires for what the operator rejects.
      admissionWebhooks: off,
      tls: off,
      prometheusConfigReloader: { resources: reloader },
      resources: requests("50m", "128Mi"),
      ...nodes,
    },
    prometheus: prometheusValues(context),
    alertmanager: alertmanagerValues(context),
    "kube-state-metrics": { resources: requests("20m", "128Mi"), ...nodes },
    grafana: { ...grafanaValues, ...nodes },
  };
}

/** Replicas on different nodes, and in different zones while there are enough. */
const spread = (pods: string): object => ({
  podAntiAffinity: "hard",
  topologySpreadConstraints: [
    {
      maxSkew: 1,
      topologyKey: ZONE_LABEL,
      whenUnsatisfiable: "ScheduleAnyway",
      labelSelector: { matchLabels: { "app.kubernetes.io/name": pods } },
    },
  ],
});

function prometheusValues({ options, placement, protect }: ValuesContext<Options>): object {
  const memory = Hole.quantity("memory", options.memory);
  const retained = Math.floor((bytes(options.storage) * DATA_SHARE) / MEBIBYTE);
  return {
    podDisruptionBudget: { enabled: protect },
    prometheusSpec: {
      replicas: protect ? 2 : 1,
      // Otherwise it ignores monitors and rules that do not carry the label of the chart's release.
      ...Object.fromEntries(
        ["rule", "serviceMonitor", "podMonitor", "probe", "scrapeConfig"].map((kind) => [
          `${kind}SelectorNilUsesHelmValues`,
          false,
        ]),
      ),
      retention: Hole.joined(Hole.number("retention", options.retentionDays), "d"),
      retentionSize: Hole.joined(Hole.number("retentionSize", retained), "MiB"),
      storageSpec: {
        volumeClaimTemplate: {
          spec: {
            accessModes: ["ReadWriteOnce"],
            storageClassName: Hole.text("storageClass", storageClasses.fast),
            resources: { requests: { storage: Hole.quantity("storage", options.storage) } },
          },
        },
      },
      resources: { requests: { cpu: "200m", memory }, limits: { memory } },
      ...spread("prometheus"),
      ...nodesOf(placement),
    },
  };
}

/** Its state is in memory of all replicas: silences and what was sent survive the loss of a pod, not of all. */
function alertmanagerValues({ options, placement, protect }: ValuesContext<Options>): object {
  return {
    podDisruptionBudget: { enabled: protect, minAvailable: 2 },
    serviceAccount: { automountServiceAccountToken: false },
    alertmanagerSpec: {
      replicas: protect ? 3 : 1,
      automountServiceAccountToken: false,
      useExistingSecret: true,
      configSecret: CONFIGURATION.secret,
      ...(receiversOf(options.receivers).length > 0 && { secrets: [RECEIVERS.secret] }),
      resources: requests("20m", "64Mi"),
      ...spread("alertmanager"),
      ...nodesOf(placement),
    },
  };
}

const sidecar = { resources: requests("10m", "128Mi"), securityContext: restrictedContainer };

/** One pod without a volume: dashboards and data sources are objects, and nothing else is kept. */
const grafanaValues = {
  env: {
    GF_SECURITY_ADMIN_USER: "admin",
    GF_SECURITY_ADMIN_PASSWORD__FILE: `${GRAFANA_ADMIN.folder}/${GRAFANA_ADMIN.file}`,
  },
  extraSecretMounts: [
    {
      name: GRAFANA_ADMIN.secret,
      secretName: GRAFANA_ADMIN.secret,
      mountPath: GRAFANA_ADMIN.folder,
      readOnly: true,
      defaultMode: 0o440,
    },
  ],
  // It calls nobody outside: neither for updates nor for plug-ins.
  "grafana.ini": {
    analytics: { check_for_updates: false, check_for_plugin_updates: false, reporting_enabled: false },
    plugins: { preinstall_disabled: true },
    news: { news_feed_enabled: false },
  },
  sidecar: {
    ...sidecar,
    // Grafana looks at the files by itself, so that the sidecar needs no password.
    dashboards: { skipReload: true },
    datasources: { initDatasources: true, skipReload: true },
  },
  testFramework: off,
  // What Grafana asks for: https://grafana.com/docs/grafana/latest/setup-grafana/installation/#minimum-and-recommended-hardware.
  resources: requests("50m", "512Mi"),
};
