import { App } from "cdk8s";
import type { Environment } from "../platform/environment.ts";
import type { Service } from "../platform/service.ts";
import { clusterCloud } from "./clouds/index.ts";
import { addAlerts } from "./components/alerts.ts";
import { addBackups } from "./components/backups.ts";
import type { Context } from "./components/context.ts";
import { addDatabaseRoles } from "./components/database-roles.ts";
import { addGateway } from "./components/gateway.ts";
import { addModels } from "./components/models.ts";
import { addNamespaces } from "./components/namespaces.ts";
import { addRabbitmq } from "./components/rabbitmq.ts";
import { addValkey } from "./components/valkey.ts";
import { addPostgres } from "./components/postgres.ts";
import { addService } from "./components/service.ts";
import { addStores } from "./components/stores.ts";
import { Layer, type LayerName, layers } from "./layer.ts";

/** Everything that runs in an environment's cluster. */
export function buildApp(environment: Environment, services: readonly Service[]): App {
  const app = new App();
  const made = Object.keys(layers).map((name) => [name, new Layer(app, name as LayerName)]);
  const context: Context = {
    environment,
    services,
    cloud: clusterCloud(environment),
    layers: Object.fromEntries(made) as Context["layers"],
  };
  addNamespaces(context);
  addStores(context);
  addPostgres(context);
  addValkey(context);
  addRabbitmq(context);
  addDatabaseRoles(context);
  for (const service of services) addService(context, service);
  addModels(context);
  addGateway(context);
  addBackups(context);
  addAlerts(context);
  return app;
}
