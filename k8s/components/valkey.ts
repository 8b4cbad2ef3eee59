import { addonSources } from "../../platform/catalogue/addons.ts";
import { addonPorts } from "../../platform/declared-connections.ts";
import { namespaces, SECRET_PROPERTY, secretStore, storageClasses, valkeyPath } from "../../platform/names.ts";
import { usesQueue } from "../../platform/service.ts";
import { Addon, nodesOf } from "../constructs/addon.ts";
import { NetworkAccess } from "../constructs/network-access.ts";
import { prometheus, tcp, workload } from "../constructs/network-peers.ts";
import { restrictedContainer, restrictedPod } from "../constructs/pod-template.ts";
import { SecretFiles } from "../constructs/secret-files.ts";
import type { Context } from "./context.ts";
import { placementOn } from "./placement.ts";
import { addScraping } from "./scraping.ts";

const namespace = namespaces.data;
const name = "valkey";
const USERS = "valkey-users";
const labels = { "app.kubernetes.io/name": name };
const VALKEY_USER = 1000;
/** A primary and two that follow. */
const REPLICAS = 2;

/**
 * Valkey for wake-ups and broadcasts. Its chart knows no failover: when the primary is lost, services wait for it to come back on
 * its volume. Nothing is lost by that, since rows are the truth and workers look for themselves.
 */
export function addValkey(context: Context): void {
  const { environment, services, cloud, layers } = context;
  if (!environment.valkey) return;
  const { memory, storage } = environment.valkey;
  const placement = placementOn(environment, "data");
  const resources = { requests: { cpu: "100m", memory }, limits: { memory } };
  const persistence = { size: storage, storageClass: storageClasses.fast };
  new SecretFiles(layers.secrets, USERS, {
    namespace,
    name: USERS,
    store: secretStore,
    files: [{ file: "default", key: cloud.secretKey(valkeyPath(environment)), property: SECRET_PROPERTY }],
  });
  new Addon(layers.data, name, {
    name,
    namespace,
    source: addonSources.valkey,
    placement,
    automaticSync: environment.gitops.automaticSync,
    values: {
      auth: {
        enabled: true,
        usersExistingSecret: USERS,
        aclUsers: { default: { permissions: "~* &* +@all", passwordKey: "default" } },
      },
      replica: { enabled: true, replicas: REPLICAS, persistence },
      // BullMQ's keys must never be thrown out for want of memory.
      valkeyConfig: "maxmemory-policy noeviction\nappendonly yes\n",
      // The chart names no seccomp profile, and the namespace lets in nothing without one.
      podSecurityContext: restrictedPod(VALKEY_USER),
      securityContext: restrictedContainer,
      metrics: { enabled: true, exporter: { securityContext: restrictedContainer } },
      podDisruptionBudget: { enabled: true, maxUnavailable: 1 },
      resources,
      ...nodesOf(placement),
    },
    footprints: [
      {
        name,
        labels,
        ports: [addonPorts.valkey.port, addonPorts.valkey.metrics],
        pods: 1 + REPLICAS,
        requests: resources.requests,
        secrets: { [USERS]: ["default"] },
      },
    ],
  });
  new NetworkAccess(layers.data, `${name}-network`, {
    namespace,
    name,
    selector: { matchLabels: labels },
    from: [
      {
        peers: [
          ...services.filter(usesQueue).map((service) => workload(namespaces.application, service.name)),
          workload(namespace, name),
        ],
        ports: tcp(addonPorts.valkey.port),
      },
      { peers: [prometheus], ports: tcp(addonPorts.valkey.metrics) },
    ],
    to: [{ peers: [workload(namespace, name)], ports: tcp(addonPorts.valkey.port) }],
  });
  addScraping(context, {
    namespace,
    name,
    labels,
    peer: workload(namespace, name),
    port: { name: "metrics", number: addonPorts.valkey.metrics },
  });
}
