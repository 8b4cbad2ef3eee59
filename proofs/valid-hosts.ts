import { describeObject, type KubernetesObject } from "../plan/model/kubernetes.ts";
import type { Proof } from "./proof.ts";

interface Spec {
  readonly hostnames?: readonly string[];
  readonly dnsNames?: readonly string[];
  readonly secretName?: string;
  readonly parentRefs?: readonly {
    readonly name: string;
    readonly namespace?: string;
    readonly sectionName?: string;
  }[];
  readonly rules?: readonly { readonly backendRefs?: readonly { readonly name: string; readonly port?: number }[] }[];
  readonly ports?: readonly { readonly port: number }[];
  readonly listeners?: readonly {
    readonly name: string;
    readonly protocol: string;
    readonly tls?: { readonly certificateRefs?: readonly { readonly name: string }[] };
  }[];
}

const specOf = ({ spec }: KubernetesObject): Spec => spec as Spec;

export const validHosts: Proof = {
  name: "valid-hosts",
  claim: "Every routed host is in the gateway's certificate and in a DNS zone, and leads to a port that exists.",
  examine(plan) {
    const objects = plan.objects.map(({ manifest }) => manifest);
    const routes = objects.filter(({ kind }) => kind === "HTTPRoute");
    const zones = plan.dnsZones;
    const failures = routes.flatMap((route) => routeFailures(route, objects, zones));
    const routed = new Set(routes.flatMap((route) => specOf(route).hostnames ?? []));
    const unused = objects
      .filter(({ kind }) => kind === "Certificate")
      .flatMap((certificate) =>
        (specOf(certificate).dnsNames ?? [])
          .filter((host) => !routed.has(host))
          .map(
            (host) =>
              `${describeObject(certificate)}: names ${host}, which no route uses. Add a route or remove the name.`,
          ),
      );
    const routedIn = [...routed].map(
      (host) => `${host} in zone ${zones.find((zone) => isIn(host, zone)) ?? "(not managed here)"}`,
    );
    return { evidence: routedIn.length > 0 ? routedIn : ["0 hosts are routed"], failures: [...failures, ...unused] };
  },
};

const isIn = (host: string, zone: string): boolean => host === zone || host.endsWith(`.${zone}`);

function routeFailures(
  route: KubernetesObject,
  objects: readonly KubernetesObject[],
  zones: readonly string[],
): string[] {
  const at = describeObject(route);
  const { hostnames = [], parentRefs = [], rules = [] } = specOf(route);
  const names = parentRefs.flatMap((parent) => certifiedBy(parent, objects));
  const failures = parentRefs.flatMap((parent) => parentFailures(at, parent, objects));
  for (const host of hostnames) {
    if (names.length > 0 && !names.includes(host))
      failures.push(`${at}: ${host} is in no certificate of its gateway (${names.join(", ")}).`);
    if (zones.length > 0 && !zones.some((zone) => isIn(host, zone)))
      failures.push(`${at}: ${host} is in none of the DNS zones (${zones.join(", ")}).`);
  }
  return [
    ...failures,
    ...rules.flatMap(({ backendRefs = [] }) => backendRefs.flatMap((to) => backendFailures(route, to, objects))),
  ];
}

type Parent = NonNullable<Spec["parentRefs"]>[number];

const gatewayOf = ({ name, namespace }: Parent, objects: readonly KubernetesObject[]): KubernetesObject | undefined =>
  objects.find(
    ({ kind, metadata }) =>
      kind === "Gateway" && metadata.name === name && (namespace === undefined || metadata.namespace === namespace),
  );

function parentFailures(at: string, parent: Parent, objects: readonly KubernetesObject[]): string[] {
  const gateway = gatewayOf(parent, objects);
  if (!gateway) return [`${at}: its gateway '${parent.name}' does not exist.`];
  const listeners = (specOf(gateway).listeners ?? []).map(({ name }) => name);
  return parent.sectionName === undefined || listeners.includes(parent.sectionName)
    ? []
    : [`${at}: gateway '${parent.name}' has no listener '${parent.sectionName}' (${listeners.join(", ")}).`];
}

/** Hosts in the certificates of the listeners that a route hangs on; none for plain HTTP. */
function certifiedBy(parent: Parent, objects: readonly KubernetesObject[]): string[] {
  const gateway = gatewayOf(parent, objects);
  if (!gateway) return [];
  const secrets = (specOf(gateway).listeners ?? [])
    .filter(({ name }) => parent.sectionName === undefined || name === parent.sectionName)
    .flatMap(({ tls }) => (tls?.certificateRefs ?? []).map(({ name }) => name));
  return objects
    .filter(({ kind, metadata }) => kind === "Certificate" && metadata.namespace === gateway.metadata.namespace)
    .filter((certificate) => secrets.includes(specOf(certificate).secretName ?? ""))
    .flatMap((certificate) => specOf(certificate).dnsNames ?? []);
}

function backendFailures(
  route: KubernetesObject,
  to: { readonly name: string; readonly port?: number },
  objects: readonly KubernetesObject[],
): string[] {
  const at = describeObject(route);
  const service = objects.find(
    ({ kind, metadata }) =>
      kind === "Service" && metadata.name === to.name && metadata.namespace === route.metadata.namespace,
  );
  if (!service) return [`${at}: leads to Service '${to.name}', which does not exist.`];
  const ports = (specOf(service).ports ?? []).map(({ port }) => port);
  return to.port !== undefined && ports.includes(to.port)
    ? []
    : [`${at}: leads to port ${String(to.port)} of Service '${to.name}', which has ${ports.join(", ")}.`];
}
