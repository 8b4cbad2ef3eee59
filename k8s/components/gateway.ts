import { cdnOf } from "../../platform/cdn.ts";
import { certificatesOf } from "../../platform/environment.ts";
import { providerOf } from "../../platform/installed-addons.ts";
import { GATEWAY, hostName, namespaces } from "../../platform/names.ts";
import { HttpsRedirect } from "../constructs/route.ts";
import { Certificate } from "../imports/cert-manager.io.ts";
import {
  Gateway,
  type GatewaySpecListenersAllowedRoutes,
  GatewaySpecListenersAllowedRoutesNamespacesFrom,
  GatewaySpecListenersTlsMode,
} from "../imports/gateway.networking.k8s.io.ts";
import type { Context } from "../context.ts";
import { ISSUER } from "./stores.ts";

const namespace = namespaces.gateway;
const CERTIFICATE = "public-tls";

/**
 * The one way in from outside: TLS for every exposed host, and a redirect to it from plain HTTP. Gateway and certificate are in one
 * layer, because each needs the other to become healthy where Let's Encrypt asks through the gateway.
 */
export function addGateway({ environment, services, addons, cloud, layers }: Context): void {
  const provider = providerOf(addons, "gateway");
  const exposed = services.filter((service) => service.exposed !== undefined);
  const hosts = exposed.flatMap((service) => (service.exposed ? [hostName(environment, service.exposed.host)] : []));
  if (!provider || hosts.length === 0) return;
  const { challenge, wildcard } = certificatesOf(environment);

  const infrastructure = {
    ...(Object.keys(cloud.loadBalancer).length > 0 && { annotations: { ...cloud.loadBalancer } }),
    ...(provider.parameters !== undefined && {
      parametersRef: { group: "", kind: "ConfigMap", name: provider.parameters },
    }),
  };
  new Certificate(layers.edge, "certificate", {
    metadata: { name: CERTIFICATE, namespace },
    spec: {
      secretName: CERTIFICATE,
      dnsNames: wildcard ? [`*.${environment.domain}`] : hosts,
      issuerRef: { name: ISSUER, kind: "ClusterIssuer" },
    },
  });
  new Gateway(layers.edge, "gateway", {
    metadata: { name: GATEWAY, namespace },
    spec: {
      gatewayClassName: provider.className,
      ...(Object.keys(infrastructure).length > 0 && { infrastructure }),
      listeners: [
        {
          name: "http",
          port: 80,
          protocol: "HTTP",
          // Let's Encrypt's question is answered by a route that cert-manager puts beside the certificate.
          allowedRoutes: routesFrom(namespaces.application, ...(challenge === "http-01" ? [namespace] : [])),
        },
        {
          name: "https",
          port: 443,
          protocol: "HTTPS",
          allowedRoutes: routesFrom(namespaces.application),
          tls: { mode: GatewaySpecListenersTlsMode.TERMINATE, certificateRefs: [{ name: CERTIFICATE }] },
        },
      ],
    },
  });
  new HttpsRedirect(layers.edge, "redirect", {
    namespace: namespaces.application,
    hosts,
    record: cdnOf(environment)?.origin,
  });
}

function routesFrom(...names: string[]): GatewaySpecListenersAllowedRoutes {
  const matchExpressions = [{ key: "kubernetes.io/metadata.name", operator: "In", values: names }];
  return {
    namespaces: { from: GatewaySpecListenersAllowedRoutesNamespacesFrom.SELECTOR, selector: { matchExpressions } },
  };
}
