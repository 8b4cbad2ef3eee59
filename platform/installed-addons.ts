import type { z } from "zod";
import type { Addon, AddonContext, Capability, ProvidedAs } from "./addon.ts";
import { factsOf } from "./clouds.ts";
import { controlPlane, HTTPS_PORT, type Party, type Pods } from "./connections.ts";
import type { Descriptors } from "./descriptors.ts";
import type { Environment } from "./environment.ts";
import { placementOn } from "./placement.ts";
import type { Service } from "./service.ts";

/** An add-on of an environment, with what its descriptor's functions are given. */
export interface InstalledAddon {
  readonly addon: Addon;
  readonly context: AddonContext<Record<string, unknown>>;
}

/** The add-ons of an environment, by name: those that it names, those that run by themselves, and what these need. */
export function installedAddons(environment: Environment, descriptors: Descriptors): InstalledAddon[] {
  const installed = enabledAddons(environment, descriptors);
  return installed.map((addon) => ({ addon, context: contextOf(addon, installed, environment, descriptors.services) }));
}

function enabledAddons(environment: Environment, { services, addons }: Descriptors): Addon[] {
  const enabled = new Set<string>();
  const enable = ({ name, needs = [] }: Addon): void => {
    if (enabled.has(name)) return;
    enabled.add(name);
    for (const need of needs) {
      const needed = addons.find((each) => each.name === need);
      if (!needed) throw new Error(`Add-on '${name}' needs '${need}', which has no descriptor.`);
      enable(needed);
    }
  };
  for (const addon of addons) if (isEnabled(addon, environment, services)) enable(addon);
  return addons.filter(({ name, clouds }) => enabled.has(name) && (clouds?.includes(environment.cloud) ?? true));
}

/** Whether an environment enables an add-on by itself, not only because another one needs it. */
export function isEnabled(addon: Addon, environment: Environment, services: readonly Service[]): boolean {
  const { name, clouds, delivery, enabled } = addon;
  if (clouds && !clouds.includes(environment.cloud)) return false;
  if (environment.addons?.[name] !== undefined) return true;
  if (delivery.by === "cloud") return environment.cloud in delivery.on;
  return enabled?.(environment, services) ?? false;
}

/** An environment's options of an add-on, with defaults. */
export function optionsOf<Options extends z.ZodObject>(
  { addons = {} }: Pick<Environment, "addons">,
  { name, options }: Pick<Addon<Options>, "name" | "options">,
): z.output<Options> {
  const { version: _, ...own } = (addons[name] ?? {}) as { readonly version?: string };
  return options.parse(own);
}

/** The version that an environment runs: the one that it pins, or the newest. */
export function versionOf({ addons = {} }: Pick<Environment, "addons">, { name, delivery }: Addon): string | undefined {
  if (!("source" in delivery)) return undefined;
  const { version } = (addons[name] ?? {}) as { readonly version?: string };
  return version ?? delivery.source.versions[0];
}

/** What provides a capability in an environment, with its pods. */
export function providerOf<Name extends Capability>(
  addons: readonly Addon[],
  capability: Name,
): (ProvidedAs<Name> & { readonly pods: Pods }) | undefined {
  for (const addon of addons) {
    const provided = addon.provides?.find((each): each is ProvidedAs<Name> => each.capability === capability);
    if (provided) return { ...provided, pods: podsOf(addon, provided.group) };
  }
  return undefined;
}

/** A group of an add-on's pods. */
export function podsOf({ name, namespace, pods = {} }: Addon, group: string): Pods {
  const found = pods[group];
  if (!found) throw new Error(`Add-on '${name}' has no pods '${group}'. It has ${Object.keys(pods).join(", ")}.`);
  return { kind: "pods", namespace: found.namespace ?? namespace.name, name: group, labels: found.labels };
}

function contextOf(
  addon: Addon,
  installed: readonly Addon[],
  environment: Environment,
  services: readonly Service[],
): InstalledAddon["context"] {
  return {
    environment,
    services,
    options: optionsOf(environment, addon),
    cloud: factsOf(environment),
    placement: placementOn(environment, addon.pool),
    protect: environment.protect,
    own: (group) => podsOf(addon, group),
    provider: (capability) => providerOf(installed, capability),
    controlPlane: controlPlaneOf(environment, installed),
  };
}

/** Ports on which pods reach the Kubernetes API: also 6443 where the cluster's owner chose the address. */
const API_PORTS = { "in-vpc": [HTTPS_PORT], tunnel: [HTTPS_PORT], "private-network": [HTTPS_PORT, 6443] } as const;

export function controlPlaneOf(
  environment: Pick<Environment, "cloud">,
  installed: readonly Addon[],
): AddonContext["controlPlane"] {
  const { controlPlane: place } = factsOf(environment);
  const tunnel = providerOf(installed, "control-plane-tunnel");
  const caller: Party = place === "tunnel" && tunnel ? tunnel.pods : controlPlane;
  return { api: controlPlane, ports: API_PORTS[place], caller };
}
