/** Where an add-on comes from, and its version. Recorded 2026-11-22; each version is the newest that its project had released. */
export type AddonSource =
  | { readonly repository: string; readonly chart: string; readonly version: string }
  /** A folder of a Git repository, for projects that publish no chart. */
  | { readonly repository: string; readonly path: string; readonly version: string };

const CNPG_CHARTS = "https://cloudnative-pg.github.io/charts";

export const addonSources = {
  cloudnativePg: { repository: CNPG_CHARTS, chart: "cloudnative-pg", version: "0.29.0" },
  barmanCloud: { repository: CNPG_CHARTS, chart: "plugin-barman-cloud", version: "0.7.0" },
  valkey: { repository: "https://valkey.io/valkey-helm", chart: "valkey", version: "0.11.0" },
  rabbitmqOperator: {
    repository: "https://github.com/rabbitmq/cluster-operator",
    path: "config/installation",
    version: "v2.22.3",
  },
  devicePlugin: {
    repository: "https://nvidia.github.io/k8s-device-plugin",
    chart: "nvidia-device-plugin",
    version: "0.20.0",
  },
} as const satisfies Readonly<Record<string, AddonSource>>;

export const addonRepositories: readonly string[] = [
  ...new Set(Object.values(addonSources).map(({ repository }) => repository)),
];

/** https://github.com/cloudnative-pg/postgres-containers, by Postgres major. */
export const cloudnativePgImages: Readonly<Record<string, string>> = {
  "17": "ghcr.io/cloudnative-pg/postgresql:17.7-standard-bookworm",
};
/** The default of the operator's release. */
export const rabbitmqImage = "docker.io/library/rabbitmq:4.3.4-management";
