import { validAlertLabels } from "../../proofs/valid-alert-labels.ts";
import { type Damage, testProof } from "./damage.ts";

type Manifest = Parameters<Damage[3]>[0];

/** The first alert of a name. */
const alert = ({ spec }: Manifest, name: string): Manifest =>
  spec.groups.flatMap(({ rules }: Manifest) => rules).find((rule: Manifest) => rule.alert === name);

testProof(validAlertLabels, [
  [
    "another queue",
    "PrometheusRule",
    "platform",
    (manifest) => (alert(manifest, "QueueDeep").labels.queue = "mail"),
    /its label queue is 'mail', but it reports 'evaluations'/,
  ],
  [
    "silence of another job",
    "PrometheusRule",
    "platform",
    (manifest) => (alert(manifest, "JobSilent").labels.job = "worker"),
    /its label job is 'worker'/,
  ],
  [
    "silence of nobody",
    "PrometheusRule",
    "platform",
    (manifest) => delete alert(manifest, "JobSilent").labels.namespace,
    /its label namespace is ''. Set 'application'/,
  ],
  [
    "silence of another exporter",
    "PrometheusRule",
    "argo-rollouts",
    (manifest) => (alert(manifest, "MetricsMissing").labels.exporter = "velero"),
    /its label exporter is 'velero'. Set 'argo-rollouts'/,
  ],
  [
    "two alerts that look the same",
    "PrometheusRule",
    "argo-rollouts",
    (manifest) => delete alert(manifest, "MetricsMissing").labels.exporter,
    /others have its name/,
  ],
  [
    "an alert of no service",
    "PrometheusRule",
    "api",
    (manifest) => delete alert(manifest, "ErrorRateHigh").labels.service,
    /a rule of group 'api-availability' has no label 'service'/,
  ],
  [
    "a group of another objective",
    "PrometheusRule",
    "api",
    ({ spec }) => (spec.groups[0].name = "api-errors"),
    /a group is named 'api-errors', and measures api-availability/,
  ],
  [
    "a group of another add-on",
    "PrometheusRule",
    "velero",
    ({ spec }) => (spec.groups[0].name = "backups"),
    /a group is named 'backups', and measures velero/,
  ],
]);
