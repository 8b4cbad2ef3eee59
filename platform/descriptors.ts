import type { Addon } from "./addon.ts";
import type { Service } from "./service.ts";

/** Everything that an environment may run: services and add-ons. */
export interface Descriptors {
  readonly services: readonly Service[];
  readonly addons: readonly Addon[];
  /** The folder of each add-on that was read from one, by name: it may hold `objects.ts`. @default - none */
  readonly addonFolders?: ReadonlyMap<string, string>;
}
