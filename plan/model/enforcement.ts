import type { Addon, ClusterFeature } from "../../platform/addon.ts";
import type { Cloud } from "../../platform/clouds.ts";

/** An add-on that the cloud was told to run. */
export interface RecordedAddon {
  readonly name: string;
  readonly configuration: Readonly<Record<string, unknown>>;
}

/** What works in a cluster because of the add-ons that its cloud runs. */
export interface Enforcement {
  readonly features: readonly ClusterFeature[];
  /** Add-ons that the cloud should run, and was not told to. */
  readonly missing: readonly string[];
}

export function enforcementOf(
  cloud: Cloud,
  addons: readonly Addon[],
  running: readonly RecordedAddon[] | "builtin",
): Enforcement {
  const onCloud = addons.flatMap(({ name, delivery }) => {
    const found = delivery.by === "cloud" ? delivery.on[cloud] : undefined;
    return found ? [{ name, ...found }] : [];
  });
  const configurationOf = ({ name, stage }: (typeof onCloud)[number]): RecordedAddon["configuration"] | undefined =>
    stage === "builtin" || running === "builtin" ? {} : running.find((each) => each.name === name)?.configuration;
  return {
    features: onCloud.flatMap((addon) => {
      const configuration = configurationOf(addon);
      return configuration ? (addon.features ?? []).filter((feature) => isOn(feature, configuration)) : [];
    }),
    missing: onCloud.filter((addon) => !configurationOf(addon)).map(({ name }) => name),
  };
}

const isOn = ({ when = {} }: ClusterFeature, configuration: RecordedAddon["configuration"]): boolean =>
  Object.entries(when).every(([key, value]) => String(configuration[key]) === value);
