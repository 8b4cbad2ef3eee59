import type { ApplicationDelivery } from "../../platform/addon.ts";
import { fillHoles } from "../../platform/hole.ts";
import { type InstalledAddon, podsOf, versionOf } from "../../platform/installed-addons.ts";
import { secretStore } from "../../platform/names.ts";
import type { AddonObjects } from "../addon-objects.ts";
import { ManagedApplication } from "../constructs/managed-application.ts";
import { SecretFiles } from "../constructs/secret-files.ts";
import type { Context } from "../context.ts";
import { PodMonitor } from "../imports/monitoring.coreos.com.ts";

/** The add-ons that Argo CD installs, what all of them read and expose, and the objects that some bring of their own. */
export function addAddons(context: Context, addonObjects: AddonObjects): void {
  for (const each of context.installed) {
    const { addon } = each;
    if (addon.delivery.by === "application") addApplication(context, each, addon.delivery);
    addSecrets(context, each);
    addMonitors(context, each);
    for (const add of addonObjects.get(addon.name) ?? []) add(context, each.context);
  }
}

function addApplication(
  { environment, layers }: Context,
  { addon, context }: InstalledAddon,
  { source, values, layer = "operators" }: ApplicationDelivery<Record<string, unknown>>,
): void {
  new ManagedApplication(layers[layer], addon.name, {
    name: addon.name,
    namespace: addon.namespace.name,
    source,
    version: versionOf(environment, addon) ?? source.versions[0],
    ...(values && { values: fillHoles(values(context)) as object }),
  });
}

function addSecrets({ cloud, layers }: Context, { addon, context }: InstalledAddon): void {
  for (const { name, namespace, files } of addon.secrets?.(context).mounted ?? []) {
    const [first, ...others] = files.map(({ file, path, property }) => ({
      file,
      key: cloud.secretKey(path),
      property,
    }));
    if (!first) continue;
    new SecretFiles(layers.secrets, `${namespace}-${name}`, {
      namespace,
      name,
      store: secretStore,
      files: [first, ...others],
    });
  }
}

function addMonitors({ layers }: Context, { addon }: InstalledAddon): void {
  for (const { group, port } of addon.scraped ?? []) {
    const { namespace, name, labels } = podsOf(addon, group);
    new PodMonitor(layers.data, `${addon.name}-${name}-monitor`, {
      metadata: { name, namespace },
      spec: {
        selector: { matchLabels: { ...labels } },
        podMetricsEndpoints: [
          // A label of the metric itself, such as the namespace of a certificate, is kept.
          { port: port.name, path: "/metrics", interval: "15s", scrapeTimeout: "10s", honorLabels: true },
        ],
      },
    });
  }
}
