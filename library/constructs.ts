/** Constructs for Kubernetes objects, the app that holds them, and how they are rendered and written. */
export { peersOf } from "../k8s/components/peers.ts";
export { prometheusOf } from "../k8s/components/prometheus.ts";
export { AlertRules, type Alert, type AlertRulesProps } from "../k8s/constructs/alert-rules.ts";
export { Autoscaler, type AutoscalerProps, type QuerySignal } from "../k8s/constructs/autoscaler.ts";
export { blueGreenStrategy } from "../k8s/constructs/blue-green.ts";
export { canaryStrategy, ReleaseAnalysis, type ReleaseAnalysisProps } from "../k8s/constructs/canary.ts";
export {
  healthProbes,
  type EnvironmentValue,
  type InitContainerProps,
  type Probes,
  type SidecarProps,
} from "../k8s/constructs/containers.ts";
export { DeployJob, type DeployJobProps } from "../k8s/constructs/deploy-job.ts";
export { DisruptionBudget, type DisruptionBudgetProps } from "../k8s/constructs/disruption-budget.ts";
export { commonLabels, selectorLabels } from "../k8s/constructs/labels.ts";
export { ManagedApplication, type ManagedApplicationProps } from "../k8s/constructs/managed-application.ts";
export { ModelServer, type ModelServerProps } from "../k8s/constructs/model-server.ts";
export { NetworkAccess, type NetworkAccessProps } from "../k8s/constructs/network-access.ts";
export { addresses, dns, pods, tcp, workload, type Peer } from "../k8s/constructs/network-peers.ts";
export { ObjectiveRules, type ObjectiveRulesProps } from "../k8s/constructs/objective-rules.ts";
export {
  podTemplate,
  SECRETS_FOLDER,
  stopLate,
  type PodOptions,
  type PodTemplateProps,
} from "../k8s/constructs/pod-template.ts";
export { RoleNamespace, type RoleNamespaceProps } from "../k8s/constructs/role-namespace.ts";
export { AnalysisTemplate, Rollout, type RolloutSpec } from "../k8s/constructs/rollout.ts";
export { HttpsRedirect, Route, type RedirectProps, type RouteProps } from "../k8s/constructs/route.ts";
export { ScheduledJob, type ScheduledJobProps } from "../k8s/constructs/scheduled-job.ts";
export { Scrape, SCRAPED, type ScrapeProps } from "../k8s/constructs/scrape.ts";
export { SecretFiles, type SecretFile, type SecretFilesProps } from "../k8s/constructs/secret-files.ts";
export { StatefulWorkload, type StatefulWorkloadProps, type VolumeClaim } from "../k8s/constructs/stateful-workload.ts";
export { Workload, type WorkloadProps, type WorkloadRelease, type WorkloadScale } from "../k8s/constructs/workload.ts";
export type { AddObjects, Context } from "../k8s/context.ts";
export { Layer, layers, type LayerName, type LayerOptions } from "../k8s/layer.ts";
export { renderObjects, type Manifest, type RenderedObject } from "../k8s/render.ts";
export { toYaml, writeObjects, type Written } from "../k8s/write.ts";
