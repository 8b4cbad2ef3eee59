import type { Addon, Capability } from "./addon.ts";
import type { Environment } from "./environment.ts";
import type { Fault } from "./faults.ts";
import { providerOf } from "./installed-addons.ts";
import { type Release, releaseRules, type Service } from "./service.ts";

/** What a release needs add-ons to provide. */
const required: Readonly<Record<Release, readonly Capability[]>> = {
  rolling: [],
  canary: ["rollouts", "gateway"],
  "blue-green": ["rollouts"],
};

/** Capabilities that a release needs and that no installed add-on provides. */
const missingFor = (release: Release, addons: readonly Addon[]): Capability[] =>
  required[release].filter((capability) => providerOf(addons, capability) === undefined);

/** Capabilities without which a service falls back to rolling. A release that the environment states never falls back. */
export function missingIn(
  { services = {} }: Pick<Environment, "services">,
  { name, release }: Service,
  addons: readonly Addon[],
): Capability[] {
  return services[name]?.release === undefined ? missingFor(release, addons) : [];
}

/** How an environment releases a service. */
export function releaseIn(
  environment: Pick<Environment, "services">,
  service: Service,
  addons: readonly Addon[],
): Release {
  if (missingIn(environment, service, addons).length > 0) return "rolling";
  return environment.services?.[service.name]?.release ?? service.release;
}

/** Pods beyond the maximum replicas while a new version rolls out. */
export function surgeOf(release: Release, replicas: number): number {
  switch (release) {
    case "rolling":
      return Math.ceil(replicas / 4);
    case "canary":
      return replicas;
    case "blue-green":
      // The new version, and the previous one, which is kept for an hour after its successor took over.
      return 2 * replicas;
  }
}

/** Releases that an environment file states and that cannot be done there. */
export function releaseFaults(
  { services = {} }: Pick<Environment, "services">,
  known: {
    readonly services: readonly Service[];
    readonly addons: readonly Addon[];
    readonly installed: readonly Addon[];
  },
): Fault[] {
  return known.services.flatMap((service) => {
    const release = services[service.name]?.release;
    if (release === undefined) return [];
    const rules = [
      ...missingFor(release, known.installed).map(
        (capability) =>
          `needs an add-on that provides '${capability}' (${providers(known.addons, capability)}). Enable it under 'addons', or write rolling.`,
      ),
      ...releaseRules(service, release).flatMap(([holds, rule]) =>
        holds
          ? []
          : [`is not possible for service '${service.name}': ${rule}. Write rolling, or change the descriptor.`],
      ),
    ];
    return rules.map((rule) => ({ path: `services.${service.name}.release`, value: release, rule }));
  });
}

/** The names of the add-ons that can provide a capability. */
export const providers = (addons: readonly Addon[], capability: Capability): string =>
  addons
    .filter(({ provides = [] }) => provides.some((each) => each.capability === capability))
    .map(({ name }) => name)
    .join(", ");
