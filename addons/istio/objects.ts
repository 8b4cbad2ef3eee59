import type { AddObjects } from "../../k8s/context.ts";
import { ConfigMap } from "../../k8s/objects.ts";
import { optionsOf } from "../../platform/installed-addons.ts";
import { namespaces } from "../../platform/names.ts";
import { istio } from "./addon.ts";
import { gatewayParameters, PARAMETERS } from "./gateway-parameters.ts";

/** How the gateway's pods run. It comes before the Gateway: Istio makes nothing of one whose parameters are not there. */
export const addObjects: AddObjects = ({ environment, layers }, { placement }) => {
  new ConfigMap(layers.edge, "parameters", {
    metadata: { name: PARAMETERS, namespace: namespaces.gateway },
    data: gatewayParameters(optionsOf(environment, istio).gateway, placement),
  });
};
