import { namespaces } from "../../platform/names.ts";

export const NAMESPACE = namespaces.observability;

export const PORTS = {
  prometheus: 9090,
  alertmanager: 9093,
  /** Between Alertmanagers. */
  gossip: 9094,
  /** The reloader beside Prometheus, and beside Alertmanager. */
  reloader: 8080,
  operator: 8080,
  kubeStateMetrics: 8080,
  grafana: 3000,
  kubelet: 10_250,
} as const;

/** The operator adds it to each of its pods. */
export const reloader = { requests: { cpu: "10m", memory: "32Mi" }, limits: { memory: "64Mi" } } as const;

/** Alertmanager's configuration, which holds no secret, under the key that the operator reads. */
export const CONFIGURATION = { secret: "alertmanager-configuration", file: "alertmanager.yaml" } as const;

/** The URLs and keys of receivers, a file for each severity, where the operator mounts them. */
export const RECEIVERS = { secret: "alert-receivers", folder: "/etc/alertmanager/secrets/alert-receivers" } as const;

export const GRAFANA_ADMIN = {
  secret: "grafana-admin",
  file: "password",
  folder: "/etc/secrets/grafana-admin",
} as const;
