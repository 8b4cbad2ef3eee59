import type { PodSecurity } from "./addon.ts";
import { factsOf } from "./clouds.ts";
import type { Environment } from "./environment.ts";
import type { InstalledAddon } from "./installed-addons.ts";
import { namespaces } from "./names.ts";

/** The strictest level that the pods of the platform's own namespaces keep. */
const roles: Readonly<Record<string, PodSecurity>> = {
  [namespaces.application]: "restricted",
  [namespaces.data]: "restricted",
  [namespaces.inference]: "restricted",
  // Gateway pods bind low ports by a sysctl of the safe list.
  [namespaces.gateway]: "restricted",
  // Node exporters and the like need more: they belong into a namespace of their own.
  [namespaces.observability]: "baseline",
};

/** The Pod Security level of each namespace that the platform may make, by name. An add-on's descriptor decides on its own. */
export function podSecurityLevels(
  environment: Environment,
  installed: readonly InstalledAddon[],
): ReadonlyMap<string, PodSecurity> {
  const ofAddons = installed.flatMap(({ addon: { namespace } }): [string, PodSecurity][] => {
    const level = namespace.podSecurity;
    if (level === undefined) return [];
    return [[namespace.name, typeof level === "string" ? level : level(factsOf(environment))]];
  });
  return new Map([...Object.entries(roles), ...ofAddons]);
}
