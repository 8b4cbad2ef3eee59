import type { Addon } from "./addon.ts";
import type { Environment } from "./environment.ts";
import type { Service } from "./service.ts";

/** Everything that an environment may run: our services and the software of others. */
export interface Descriptors {
  readonly services: readonly Service[];
  readonly addons: readonly Addon[];
}

/** The descriptors of an environment: an optional service runs only where `models` or `services` names it. */
export function descriptorsIn(
  { models = [], services = {} }: Pick<Environment, "models" | "services">,
  descriptors: Descriptors,
): Descriptors {
  const named = new Set([...models.flatMap(({ service }) => service ?? []), ...Object.keys(services)]);
  return {
    ...descriptors,
    services: descriptors.services.filter(({ name, optional = false }) => !optional || named.has(name)),
  };
}
