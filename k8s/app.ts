import { ApiObject, App } from "cdk8s";
import { type Descriptors, descriptorsIn } from "../platform/descriptors.ts";
import type { Environment } from "../platform/environment.ts";
import { installedAddons } from "../platform/installed-addons.ts";
import { neededConnections } from "../platform/needed-connections.ts";
import type { AddonObjects } from "./addon-objects.ts";
import { clusterCloud } from "./clouds/index.ts";
import { addAdmission } from "./components/admission.ts";
import { addAddons } from "./components/addons.ts";
import { addAlerts } from "./components/alerts.ts";
import { addDatabaseRoles } from "./components/database-roles.ts";
import { addGateway } from "./components/gateway.ts";
import { addModels } from "./components/models.ts";
import { addNamespaces } from "./components/namespaces.ts";
import { addNetworkPolicies } from "./components/network-policies.ts";
import { addService } from "./components/service.ts";
import { addStores } from "./components/stores.ts";
import type { Context } from "./context.ts";
import { Layer, type LayerName, layers } from "./layer.ts";

/** Everything that runs in an environment's cluster, and what `extend` adds to it. */
export function buildApp(
  environment: Environment,
  all: Descriptors,
  addonObjects: AddonObjects,
  extend?: (context: Context) => void,
): App {
  const app = new App();
  const made = Object.keys(layers).map((name) => [name, new Layer(app, name as LayerName)]);
  const descriptors = descriptorsIn(environment, all);
  const { services } = descriptors;
  const installed = installedAddons(environment, descriptors);
  const context: Context = {
    app,
    environment,
    services,
    installed,
    addons: installed.map(({ addon }) => addon),
    connections: neededConnections(environment, descriptors, installed),
    workloads: descriptors.workloads ?? [],
    cloud: clusterCloud(environment),
    layers: Object.fromEntries(made) as Context["layers"],
  };
  addNamespaces(context);
  addAdmission(context);
  addNetworkPolicies(context);
  addStores(context);
  addAddons(context, addonObjects);
  addDatabaseRoles(context);
  for (const service of services) addService(context, service);
  addModels(context);
  addGateway(context);
  addAlerts(context);
  extend?.(context);
  skipDryRunOfLateKinds(app, context);
  return app;
}

/** Argo CD tries every object of a sync before the first wave, when the definitions that its Applications bring are missing. */
function skipDryRunOfLateKinds(app: App, { addons }: Context): void {
  const late = addons.filter(({ delivery }) => delivery.by === "application").flatMap(({ kinds = [] }) => kinds);
  for (const construct of app.node.findAll()) {
    if (!ApiObject.isApiObject(construct)) continue;
    if (late.includes(`${construct.apiGroup}/${construct.kind}`))
      construct.metadata.addAnnotation("argocd.argoproj.io/sync-options", "SkipDryRunOnMissingResource=true");
  }
}
