import {
  describeObject,
  type KubernetesObject,
  type Labels,
  type LabelSelector,
  selects,
} from "../plan/model/kubernetes.ts";
import type { Proof } from "./proof.ts";

interface Spec {
  readonly hostnames?: readonly string[];
  readonly dnsNames?: readonly string[];
  readonly secretName?: string;
  readonly issuerRef?: { readonly kind?: string; readonly name: string };
  readonly parentRefs?: readonly {
    readonly name: string;
    readonly namespace?: string;
    readonly sectionName?: string;
  }[];
  readonly rules?: readonly Rule[];
  readonly ports?: readonly { readonly name?: string; readonly port: number }[];
  readonly listeners?: readonly {
    readonly name: string;
    readonly protocol: string;
    readonly tls?: { readonly certificateRefs?: readonly { readonly name: string }[] };
  }[];
}

interface Rule {
  readonly backendRefs?: readonly { readonly name: string; readonly port?: number }[];
  readonly filters?: readonly {
    readonly requestRedirect?: { readonly scheme?: string };
    readonly responseHeaderModifier?: { readonly set?: readonly { readonly name: string; readonly value: string }[] };
  }[];
}

const specOf = ({ spec }: KubernetesObject): Spec => spec as Spec;

export const validHosts: Proof = {
  name: "valid-hosts",
  claim:
    "Every routed host is in the gateway's certificate and in a DNS zone, leads to a port that serves requests, and is served only over TLS.",
  examine(plan) {
    const objects = plan.objects.map(({ manifest }) => manifest);
    const routes = objects.filter(({ kind }) => kind === "HTTPRoute");
    const zones = plan.dnsZones;
    const failures = routes.flatMap((route) => routeFailures(route, objects, zones));
    const routed = [...new Set(routes.flatMap((route) => specOf(route).hostnames ?? []))];
    const certificates = objects.filter(({ kind }) => kind === "Certificate");
    const routedIn = routed.map(
      (host) => `${host} in zone ${zones.find((zone) => isIn(host, zone)) ?? "(not managed here)"}`,
    );
    return {
      evidence: routedIn.length > 0 ? routedIn : ["0 hosts are routed"],
      failures: [
        ...failures,
        ...certificates.flatMap((certificate) => [
          ...unusedFailures(certificate, routed),
          ...wildcardFailures(certificate, objects),
        ]),
      ],
    };
  },
};

/** A wildcard covers one label: https://datatracker.ietf.org/doc/html/rfc6125#section-6.4.3. */
const covers = (name: string, host: string): boolean =>
  name === host || (name.startsWith("*.") && host.split(".").slice(1).join(".") === name.slice(2));

const unusedFailures = (certificate: KubernetesObject, routed: readonly string[]): string[] =>
  (specOf(certificate).dnsNames ?? [])
    .filter((name) => !routed.some((host) => covers(name, host)))
    .map(
      (name) => `${describeObject(certificate)}: names ${name}, which no route uses. Add a route or remove the name.`,
    );

/** Let's Encrypt issues wildcards by DNS alone: https://letsencrypt.org/docs/challenge-types/. */
function wildcardFailures(certificate: KubernetesObject, objects: readonly KubernetesObject[]): string[] {
  const { dnsNames = [], issuerRef } = specOf(certificate);
  const issuer = objects.find(({ kind, metadata }) => kind === issuerRef?.kind && metadata.name === issuerRef.name);
  const { acme } = (issuer?.spec ?? {}) as { readonly acme?: { readonly solvers?: readonly object[] } };
  if (!acme || acme.solvers?.some((solver) => "dns01" in solver)) return [];
  return dnsNames
    .filter((name) => name.startsWith("*."))
    .map(
      (name) =>
        `${describeObject(certificate)}: ${name} is issued for an answer by DNS alone, and ${issuerRef?.kind ?? ""} '${issuerRef?.name ?? ""}' has none. Give it a solver dns01.`,
    );
}

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
    if (names.length > 0 && !names.some((name) => covers(name, host)))
      failures.push(`${at}: ${host} is in no certificate of its gateway (${names.join(", ")}).`);
    if (zones.length > 0 && !zones.some((zone) => isIn(host, zone)))
      failures.push(`${at}: ${host} is in none of the DNS zones (${zones.join(", ")}).`);
  }
  return [
    ...failures,
    ...parentRefs.flatMap((parent) => transportFailures(at, rules, parent, objects)),
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
  const { ports = [] } = specOf(service);
  const found = ports.find(({ port }) => port === to.port);
  if (!found)
    return [
      `${at}: leads to port ${String(to.port)} of Service '${to.name}', which has ${ports.map(({ port }) => port).join(", ")}.`,
    ];
  return isScraped(service, found.name, objects)
    ? [`${at}: leads to port ${found.port} of Service '${to.name}', whose metrics are not for the public. Correct it.`]
    : [];
}

/** A monitor scrapes a port of this name of the pods behind the Service. */
function isScraped(service: KubernetesObject, port: string | undefined, objects: readonly KubernetesObject[]): boolean {
  const { selector = {} } = service.spec as { readonly selector?: Labels };
  const beside = objects.filter(({ metadata }) => metadata.namespace === service.metadata.namespace);
  const same = beside.filter(
    ({ kind, spec }) => kind === "Service" && isSame((spec as { selector?: Labels }).selector, selector),
  );
  return beside
    .filter(({ kind }) => kind === "ServiceMonitor")
    .map(
      ({ spec }) =>
        spec as { readonly selector: LabelSelector; readonly endpoints?: readonly { readonly port?: string }[] },
    )
    .filter(({ endpoints = [] }) => port !== undefined && endpoints.some((endpoint) => endpoint.port === port))
    .some((monitor) => same.some(({ metadata }) => selects(monitor.selector, metadata.labels ?? {})));
}

const isSame = (one: Labels = {}, other: Labels): boolean =>
  JSON.stringify(Object.entries(one).toSorted()) === JSON.stringify(Object.entries(other).toSorted());

const HSTS = "strict-transport-security";
/** Seconds in a year: what browsers' preload list asks for, https://hstspreload.org/#deployment-recommendations. */
const YEAR = 31_536_000;

/** A listener without TLS redirects to one with it, whose answers tell browsers to come back over TLS alone (RFC 6797). */
function transportFailures(
  at: string,
  rules: readonly Rule[],
  parent: Parent,
  objects: readonly KubernetesObject[],
): string[] {
  const gateway = gatewayOf(parent, objects);
  const listeners = (gateway ? (specOf(gateway).listeners ?? []) : []).filter(
    ({ name }) => parent.sectionName === undefined || name === parent.sectionName,
  );
  const redirects = rules.every(({ filters = [] }) =>
    filters.some(({ requestRedirect }) => requestRedirect?.scheme === "https"),
  );
  return listeners.flatMap(({ name, tls }) => {
    if (!tls) return redirects ? [] : [`${at}: answers on listener '${name}' without TLS. Redirect to https.`];
    return redirects || rules.every(isStrict)
      ? []
      : [`${at}: does not set Strict-Transport-Security for at least ${YEAR} s. Add the header to every rule.`];
  });
}

function isStrict({ filters = [] }: Rule): boolean {
  const headers = filters.flatMap(({ responseHeaderModifier }) => responseHeaderModifier?.set ?? []);
  const value = headers.find(({ name }) => name.toLowerCase() === HSTS)?.value ?? "";
  return Number(/max-age=(\d+)/.exec(value)?.[1] ?? 0) >= YEAR;
}
