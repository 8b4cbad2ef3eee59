/** What an environment, a service and an add-on are, and how they are described and read. */
export { loadDescriptors, platformAddons, type DescriptorSources } from "../addons/catalogue.ts";
export {
  defineAddon,
  type Addon,
  type AddonContext,
  type CloudRight,
  type Delivery,
  type PodGroup,
  type PodSecurity,
  type Provided,
  type Scraped,
  type Source,
  type ValuesContext,
} from "../platform/addon.ts";
export { clouds, factsOf, type Cloud, type CloudFacts } from "../platform/clouds.ts";
export {
  anywhere,
  controlPlane,
  internet,
  workloadPods,
  type Connection,
  type Party,
  type Pods,
} from "../platform/connections.ts";
export type { AddedWorkload, Descriptors } from "../platform/descriptors.ts";
export type { AwsEnvironment, Environment, LinodeEnvironment, LocalEnvironment } from "../platform/environment.ts";
export { FaultyFileError, UserError, type Fault } from "../platform/faults.ts";
export { installedAddons, optionsOf, providerOf, type InstalledAddon } from "../platform/installed-addons.ts";
export { HISTOGRAM_BUCKETS, type Metric } from "../platform/metrics.ts";
export { imageOf, namespaces, secretPath, secretStore, storageClasses } from "../platform/names.ts";
export { availability, latency, type Objective } from "../platform/objectives.ts";
export { placementOn, type Placement } from "../platform/placement.ts";
export { bytes, formatBytes, millicores } from "../platform/quantity.ts";
export { listEnvironments, parseEnvironment, readEnvironment } from "../platform/read-environment.ts";
export {
  anyHost,
  calls,
  database,
  defineService,
  models,
  queue,
  secretOf,
  type Dependency,
  type Release,
  type Resources,
  type Scale,
  type ScaleProfile,
  type Service,
} from "../platform/service.ts";
export { cpu, gauge, memory, requestLatency, requestsPerSecond, type Signal } from "../platform/signals.ts";
export { platformServices } from "../services/catalogue.ts";
