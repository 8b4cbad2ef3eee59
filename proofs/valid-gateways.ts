import { count } from "../platform/count.ts";
import { isDeepStrictEqual } from "node:util";
import { TRIAL_HEADER } from "../platform/names.ts";
import { behindCdn, loadBalancers, recordFor } from "../platform/catalogue/load-balancers.ts";
import { describeObject, type KubernetesObject } from "../plan/model/kubernetes.ts";
import type { Proof } from "./proof.ts";

interface GatewaySpec {
  readonly infrastructure?: { readonly annotations?: Readonly<Record<string, string>> };
  readonly listeners?: readonly Listener[];
}

interface Listener {
  readonly name: string;
  readonly port: number;
  readonly protocol: string;
  readonly tls?: object;
}

interface RouteSpec {
  readonly hostnames?: readonly string[];
  readonly parentRefs?: readonly {
    readonly name: string;
    readonly namespace?: string;
    readonly sectionName?: string;
  }[];
  readonly rules?: readonly RouteRule[];
}

interface RouteRule {
  readonly matches?: readonly { readonly headers?: readonly { readonly name: string; readonly value: string }[] }[];
  readonly filters?: readonly { readonly requestRedirect?: { readonly scheme?: string } }[];
  readonly backendRefs?: readonly { readonly name: string }[];
}

/** The ports at which browsers ask. */
const PORTS: Readonly<Record<string, number>> = { HTTP: 80, HTTPS: 443 };

export const validGateways: Proof = {
  name: "valid-gateways",
  claim:
    "Every Gateway uses its cloud's load balancer, redirects each host to TLS, and routes to an unreleased version only on request.",
  examine({ objects, cloud, expected }) {
    const { cdn } = expected.cloud;
    const manifests = objects.map(({ manifest }) => manifest);
    const gateways = manifests.filter(({ kind }) => kind === "Gateway");
    const routes = manifests.filter(({ kind }) => kind === "HTTPRoute");
    return {
      evidence: [`${count(gateways.length, "gateway")}, ${count(routes.length, "route")}`],
      failures: [
        ...gateways.flatMap((gateway) => [
          ...balancerFailures(gateway, cdn ? behindCdn(cdn.group) : loadBalancers[cloud]),
          ...listenerFailures(gateway),
          ...redirectFailures(gateway, routes),
        ]),
        ...routes.flatMap(hostFailures),
        ...routes.flatMap((route) => recordFailures(route, cdn?.origin)),
        ...manifests.filter(({ kind }) => kind === "Rollout").flatMap((rollout) => trialFailures(rollout, routes)),
      ],
    };
  },
};

const gatewayOf = ({ spec }: KubernetesObject): GatewaySpec => spec ?? {};
const routeOf = ({ spec }: KubernetesObject): RouteSpec => spec ?? {};

function balancerFailures(gateway: KubernetesObject, expected: Readonly<Record<string, string>>): string[] {
  const found = gatewayOf(gateway).infrastructure?.annotations ?? {};
  return isDeepStrictEqual({ ...found }, { ...expected })
    ? []
    : [
        `${describeObject(gateway)}: its load balancer is made by ${JSON.stringify(found)}, and here it needs ${JSON.stringify(expected)}. Correct infrastructure.annotations.`,
      ];
}

const listenerFailures = (gateway: KubernetesObject): string[] =>
  (gatewayOf(gateway).listeners ?? [])
    .filter(({ port, protocol }) => PORTS[protocol] !== port)
    .map(
      ({ name, port, protocol }) =>
        `${describeObject(gateway)}: listener '${name}' accepts ${protocol} on port ${port}. Use HTTP on 80 and HTTPS on 443.`,
    );

const isOn = (route: KubernetesObject, gateway: KubernetesObject, { name }: Listener): boolean =>
  (routeOf(route).parentRefs ?? []).some(
    (parent) =>
      parent.name === gateway.metadata.name &&
      (parent.namespace ?? route.metadata.namespace) === gateway.metadata.namespace &&
      (parent.sectionName ?? name) === name,
  );

const redirects = (route: KubernetesObject): boolean =>
  (routeOf(route).rules ?? []).some(({ filters = [] }) =>
    filters.some(({ requestRedirect }) => requestRedirect?.scheme === "https"),
  );

/** Who types a name comes without TLS first. */
function redirectFailures(gateway: KubernetesObject, routes: readonly KubernetesObject[]): string[] {
  const listeners = gatewayOf(gateway).listeners ?? [];
  const hostsOn = (some: readonly Listener[], which: (route: KubernetesObject) => boolean): string[] =>
    routes
      .filter((route) => which(route) && some.some((listener) => isOn(route, gateway, listener)))
      .flatMap((route) => routeOf(route).hostnames ?? []);
  const [plain, secure] = [listeners.filter(({ tls }) => !tls), listeners.filter(({ tls }) => tls)];
  if (plain.length === 0) return [];
  const redirected = hostsOn(plain, redirects);
  return [...new Set(hostsOn(secure, () => true))]
    .filter((host) => !redirected.includes(host))
    .map((host) => `${describeObject(gateway)}: nothing redirects http://${host} to https. Add a route that does.`);
}

const hostFailures = (route: KubernetesObject): string[] =>
  (routeOf(route).hostnames ?? []).length > 0 ? [] : [`${describeObject(route)}: matches every host. Name its hosts.`];

/** Behind a CDN, hosts lead to it, and one name of its own leads to the gateway. */
function recordFailures(route: KubernetesObject, origin: string | undefined): string[] {
  const found = Object.entries(route.metadata.annotations ?? {}).filter(([key]) => key in recordFor(""));
  const expected = origin === undefined ? {} : recordFor(origin);
  if (isDeepStrictEqual(Object.fromEntries(found), { ...expected })) return [];
  return [
    origin === undefined
      ? `${describeObject(route)}: no record is created for its hosts. Remove ${found.map(([key]) => key).join(", ")}.`
      : `${describeObject(route)}: a record must be created for ${origin} only, at which the CDN finds the gateway. Set the annotations ${JSON.stringify(expected)}.`,
  ];
}

interface RolloutSpec {
  readonly strategy?: {
    readonly canary?: { readonly canaryService?: string };
    readonly blueGreen?: { readonly previewService?: string };
  };
}

/** A new version that is behind a route is reached by who asks for it, before anybody else, and by nobody else. */
function trialFailures(rollout: KubernetesObject, routes: readonly KubernetesObject[]): string[] {
  const { canary, blueGreen } = ((rollout.spec ?? {}) as RolloutSpec).strategy ?? {};
  const service = canary?.canaryService ?? blueGreen?.previewService;
  const rules = routes
    .filter(({ metadata }) => metadata.namespace === rollout.metadata.namespace)
    .flatMap((route) => routeOf(route).rules ?? [])
    .filter(({ backendRefs = [] }) => backendRefs.some(({ name }) => name === service));
  const trials = rules.filter(({ backendRefs = [] }) => backendRefs.every(({ name }) => name === service));
  const isAsked = ({ matches = [] }: RouteRule): boolean =>
    matches.length > 0 &&
    matches.every(({ headers = [] }) =>
      headers.some(({ name, value }) => name === TRIAL_HEADER.name && value === TRIAL_HEADER.value),
    );
  return rules.length === 0 || (trials.length > 0 && trials.every(isAsked))
    ? []
    : [
        `${describeObject(rollout)}: its new version must be reached with the header ${TRIAL_HEADER.name}: ${TRIAL_HEADER.value}, and not without it. Match that header in a route to ${service ?? ""}.`,
      ];
}
