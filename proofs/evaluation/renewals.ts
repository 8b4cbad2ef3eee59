import type { KubernetesObject } from "../../plan/model/kubernetes.ts";
import type { Query } from "../../plan/model/queries.ts";
import { secondsOf } from "./durations.ts";
import { usageOf } from "./promql-usage.ts";

/** When a certificate is renewed, in seconds before it expires. */
export interface Renewal {
  readonly lifetime: number;
  readonly before: number;
}

interface CertificateSpec {
  readonly duration?: string;
  readonly renewBefore?: string;
  readonly renewBeforePercentage?: number;
}

const DAY = 86_400;
/** cert-manager's defaults: https://cert-manager.io/docs/usage/certificate/ (2026-11-28). */
const LIFETIME = 90 * DAY;
const SHARE = 1 / 3;

export function renewalOf({ spec }: KubernetesObject): Renewal {
  const { duration, renewBefore, renewBeforePercentage } = spec as CertificateSpec;
  const lifetime = duration === undefined ? LIFETIME : secondsOf(duration);
  const share = renewBeforePercentage === undefined ? SHARE : renewBeforePercentage / 100;
  return { lifetime, before: renewBefore === undefined ? share * lifetime : secondsOf(renewBefore) };
}

const EXPIRATION = "certmanager_certificate_expiration_timestamp_seconds";

/** Seconds before a certificate expires at which the first alert fires; undefined where none does. */
export function expiryAlert(queries: readonly Query[]): number | undefined {
  const bounds = queries
    .filter(({ alert }) => alert)
    .flatMap(({ expression }) => usageOf(expression).comparisons)
    .filter(({ operator, metrics }) => operator.startsWith("<") && metrics.includes(EXPIRATION))
    .map(({ bound }) => bound);
  return bounds.length > 0 ? Math.max(...bounds) : undefined;
}
