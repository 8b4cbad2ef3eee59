import type { Addon } from "./addon.ts";
import type { Service } from "./service.ts";

/** Everything that an environment may run: our services and the software of others. */
export interface Descriptors {
  readonly services: readonly Service[];
  readonly addons: readonly Addon[];
}
