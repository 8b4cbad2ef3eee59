import { ISTIOD_PORT, SOLVER_PORT } from "../../platform/declared-connections.ts";
import { hostName, namespaces } from "../../platform/names.ts";
import { NetworkAccess } from "../constructs/network-access.ts";
import { addresses, GATEWAY, gateway, pods, tcp, workload } from "../constructs/network-peers.ts";
import { HttpsRedirect } from "../constructs/route.ts";
import { Certificate } from "../imports/cert-manager.io.ts";
import {
  Gateway,
  type GatewaySpecListenersAllowedRoutes,
  GatewaySpecListenersAllowedRoutesNamespacesFrom,
  GatewaySpecListenersTlsMode,
} from "../imports/gateway.networking.k8s.io.ts";
import type { Context } from "./context.ts";
import { ISSUER } from "./stores.ts";

const namespace = namespaces.gateway;
const CERTIFICATE = "public-tls";
/** The pods by which cert-manager answers Let's Encrypt, for as long as it asks. */
const SOLVER = { labels: { "acme.cert-manager.io/http01-solver": "true" }, port: SOLVER_PORT };
const ISTIOD = { namespace: namespaces.mesh, labels: { app: "istiod" }, xdsPort: ISTIOD_PORT };

/** The one front door: TLS for every exposed host, and a redirect to it from plain HTTP. */
export function addGateway({ environment, services, cloud, layers }: Context): void {
  const exposed = services.filter((service) => service.exposed !== undefined);
  const hosts = exposed.flatMap((service) => (service.exposed ? [hostName(environment, service.exposed.host)] : []));
  if (hosts.length === 0) return;

  new Certificate(layers.secrets, "certificate", {
    metadata: { name: CERTIFICATE, namespace },
    spec: { secretName: CERTIFICATE, dnsNames: hosts, issuerRef: { name: ISSUER, kind: "ClusterIssuer" } },
  });
  new Gateway(layers.edge, "gateway", {
    metadata: { name: GATEWAY, namespace },
    spec: {
      gatewayClassName: "istio",
      ...(Object.keys(cloud.loadBalancer).length > 0 && { infrastructure: { annotations: { ...cloud.loadBalancer } } }),
      listeners: [
        // Let's Encrypt's question is answered by a route that cert-manager puts beside the certificate.
        { name: "http", port: 80, protocol: "HTTP", allowedRoutes: routesFrom(namespaces.application, namespace) },
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
  new HttpsRedirect(layers.edge, "redirect", { namespace: namespaces.application, hosts });
  new NetworkAccess(layers.edge, "gateway-network", {
    namespace,
    name: GATEWAY,
    selector: { matchLabels: { "gateway.networking.k8s.io/gateway-name": GATEWAY } },
    from: [{ peers: [addresses("0.0.0.0/0")], ports: tcp(80, 443) }],
    to: [
      { peers: [pods(namespace, SOLVER.labels)], ports: tcp(SOLVER.port) },
      { peers: [pods(ISTIOD.namespace, ISTIOD.labels)], ports: tcp(ISTIOD.xdsPort) },
      ...exposed.flatMap(({ name, listens }) =>
        listens.http === undefined
          ? []
          : [{ peers: [workload(namespaces.application, name)], ports: tcp(listens.http) }],
      ),
    ],
  });
  new NetworkAccess(layers.edge, "solver-network", {
    namespace,
    name: "acme-solver",
    selector: { matchLabels: SOLVER.labels },
    from: [{ peers: [gateway], ports: tcp(SOLVER.port) }],
  });
}

function routesFrom(...names: string[]): GatewaySpecListenersAllowedRoutes {
  const matchExpressions = [{ key: "kubernetes.io/metadata.name", operator: "In", values: names }];
  return {
    namespaces: { from: GatewaySpecListenersAllowedRoutesNamespacesFrom.SELECTOR, selector: { matchExpressions } },
  };
}
