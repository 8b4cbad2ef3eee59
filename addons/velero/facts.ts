export const NAMESPACE = "velero";
export const SERVER = "velero";
export const BUCKET_SECRET = "backup-credentials";
export const METRICS_PORT = 8085;
