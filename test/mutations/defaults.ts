import type { Site } from "./sites.ts";

/**
 * Fields that the API server fills in by itself, by their path: to take such a field away changes nothing. As in the functions
 * SetDefaults_... of pkg/apis/<group>/<version>/defaults.go of Kubernetes 1.35, and `default:` in k8s/crds. It keeps an empty
 * operator of a toleration, which the scheduler reads as Equal.
 */
const defaults: readonly (readonly [at: RegExp, value: unknown])[] = [
  [/\.ports\.\d+\.protocol$/, "TCP"],
  [/^spec\.strategy\.type$/, "RollingUpdate"],
  [/\.scaleUp\.selectPolicy$/, "Max"],
  [/\.scaleUp\.stabilizationWindowSeconds$/, 0],
  [/\.tolerations\.\d+\.operator$/, "Equal"],
  [/\.imagePullPolicy$/, "IfNotPresent"],
  [/\.successThreshold$/, 1],
  [/\.httpGet\.scheme$/, "HTTP"],
  [/\.headers\.\d+\.type$/, "Exact"],
  [/\.parentRefs\.\d+\.group$/, "gateway.networking.k8s.io"],
];

/** Whether nothing changes when the field goes. */
export const isDefault = ({ path, value, group }: Pick<Site, "path" | "value" | "group">): boolean =>
  group === "cloud"
    ? // A resource without the option is not protected.
      path.join(".") === "protect" && value === false
    : defaults.some(([at, otherwise]) => at.test(path.join(".")) && value === otherwise);
