import type { AddObjects } from "../../k8s/context.ts";
import { EnvoyFilter } from "../../k8s/imports/networking.istio.io.ts";
import { ConfigMap } from "../../k8s/objects.ts";
import { optionsOf } from "../../platform/installed-addons.ts";
import { GATEWAY, namespaces } from "../../platform/names.ts";
import { bytes } from "../../platform/quantity.ts";
import { istio } from "./addon.ts";
import { gatewayPatches } from "./gateway-filter.ts";
import { gatewayParameters, PARAMETERS } from "./gateway-parameters.ts";

const namespace = namespaces.gateway;

/**
 * How the gateway's pods run, and what they do with each request. The first comes before the Gateway: Istio makes nothing of one whose
 * parameters are not there.
 */
export const addObjects: AddObjects = ({ environment, services, layers }, { placement }) => {
  const { gateway, clientRate } = optionsOf(environment, istio);
  new ConfigMap(layers.edge, "parameters", {
    metadata: { name: PARAMETERS, namespace },
    data: gatewayParameters(gateway, placement),
  });
  const maxBody = Math.max(...services.flatMap(({ exposed }) => (exposed ? [bytes(exposed.maxBody)] : [])));
  if (!Number.isFinite(maxBody)) return;
  new EnvoyFilter(layers.edge, "filter", {
    metadata: { name: GATEWAY, namespace },
    spec: {
      targetRefs: [{ group: "gateway.networking.k8s.io", kind: "Gateway", name: GATEWAY }],
      configPatches: gatewayPatches({ maxBody, clientRate }),
    },
  });
};
