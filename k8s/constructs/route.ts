import { Construct } from "constructs";
import {
  HttpRoute,
  HttpRouteSpecRulesFiltersRequestRedirectScheme,
  HttpRouteSpecRulesFiltersRequestRedirectStatusCode,
  HttpRouteSpecRulesFiltersType,
  type HttpRouteSpecRulesBackendRefs,
  type HttpRouteSpecRulesMatches,
  HttpRouteSpecRulesMatchesHeadersType,
  HttpRouteSpecRulesMatchesPathType,
} from "../imports/gateway.networking.k8s.io.ts";
import { GATEWAY, namespaces } from "../../platform/names.ts";

export interface RouteProps {
  readonly namespace: string;
  readonly name: string;
  readonly host: string;
  readonly port: number;
  /** The Service of a new version that gets a share of the requests, and all of those with `x-canary: true`. @default - none */
  readonly canary?: string;
  /** Connections stay open for as long as both sides like. @default false: a request ends within a minute */
  readonly websockets?: boolean;
}

/** Two years, the least that browsers' preload lists take; https://hstspreload.org. */
const HSTS = "max-age=63072000; includeSubDomains";

const CANARY_HEADER = { name: "x-canary", value: "true", type: HttpRouteSpecRulesMatchesHeadersType.EXACT };

const toGateway = (sectionName: string): { name: string; namespace: string; sectionName: string } => ({
  name: GATEWAY,
  namespace: namespaces.gateway,
  sectionName,
});

/** A host at the front door, led to a Service over TLS, with HSTS. */
export class Route extends Construct {
  readonly route: HttpRoute;
  /**
   * Requests that ask for the new version. A route of its own: the weights of the first are Argo Rollouts', which takes out any
   * rule of it that leads to the new version alone. With no new version both Services lead to the same pods.
   */
  readonly canaryRoute: HttpRoute | undefined;

  constructor(scope: Construct, id: string, props: RouteProps) {
    super(scope, id);
    const { name, port, canary } = props;
    const [stable, next] = [
      { name, port },
      { name: canary ?? name, port },
    ];
    const shares =
      canary === undefined
        ? [stable]
        : [
            { ...stable, weight: 100 },
            { ...next, weight: 0 },
          ];
    const toPath = { path: { type: HttpRouteSpecRulesMatchesPathType.PATH_PREFIX, value: "/" } };
    this.route = this.createRoute("route", props, toPath, shares);
    this.canaryRoute =
      canary === undefined
        ? undefined
        : this.createRoute("canary-route", { ...props, name: canary }, { ...toPath, headers: [CANARY_HEADER] }, [next]);
  }

  private createRoute(
    id: string,
    { namespace, name, host, websockets = false }: RouteProps,
    match: HttpRouteSpecRulesMatches,
    backendRefs: HttpRouteSpecRulesBackendRefs[],
  ): HttpRoute {
    return new HttpRoute(this, id, {
      metadata: { name, namespace },
      spec: {
        parentRefs: [toGateway("https")],
        hostnames: [host],
        rules: [
          {
            matches: [match],
            filters: [
              {
                type: HttpRouteSpecRulesFiltersType.RESPONSE_HEADER_MODIFIER,
                responseHeaderModifier: { set: [{ name: "Strict-Transport-Security", value: HSTS }] },
              },
            ],
            timeouts: { request: websockets ? "0s" : "60s" },
            backendRefs,
          },
        ],
      },
    });
  }
}

export interface RedirectProps {
  readonly namespace: string;
  readonly hosts: readonly string[];
}

/** Sends what comes in plain HTTP to HTTPS. */
export class HttpsRedirect extends Construct {
  readonly route: HttpRoute;

  constructor(scope: Construct, id: string, { namespace, hosts }: RedirectProps) {
    super(scope, id);
    this.route = new HttpRoute(this, "route", {
      metadata: { name: "https-redirect", namespace },
      spec: {
        parentRefs: [toGateway("http")],
        hostnames: [...hosts],
        rules: [
          {
            filters: [
              {
                type: HttpRouteSpecRulesFiltersType.REQUEST_REDIRECT,
                requestRedirect: {
                  scheme: HttpRouteSpecRulesFiltersRequestRedirectScheme.HTTPS,
                  statusCode: HttpRouteSpecRulesFiltersRequestRedirectStatusCode.VALUE_301,
                },
              },
            ],
          },
        ],
      },
    });
  }
}
