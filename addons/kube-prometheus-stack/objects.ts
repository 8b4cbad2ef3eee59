import { stringify } from "yaml";
import type { AddObjects } from "../../k8s/context.ts";
import { Secret } from "../../k8s/objects.ts";
import { optionsOf } from "../../platform/installed-addons.ts";
import { kubePrometheusStack } from "./addon.ts";
import { configurationOf } from "./alertmanager-configuration.ts";
import { CONFIGURATION, NAMESPACE } from "./facts.ts";

/** Alertmanager's configuration. The operator takes no ConfigMap, though nothing in it is secret. */
export const addObjects: AddObjects = ({ environment, layers }) => {
  const { receivers } = optionsOf(environment, kubePrometheusStack);
  new Secret(layers.secrets, "alertmanager-configuration", {
    metadata: { name: CONFIGURATION.secret, namespace: NAMESPACE },
    stringData: { [CONFIGURATION.file]: stringify(configurationOf(receivers)) },
  });
};
