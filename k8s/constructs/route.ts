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
import { recordFor } from "../../platform/catalogue/load-balancers.ts";
import { GATEWAY, namespaces, TRIAL_HEADER } from "../../platform/names.ts";

export interface RouteProps {
  readonly namespace: string;
  readonly name: string;
  readonly host: string;
  readonly port: number;
  /** The Service of a new version, which gets all requests with `x-canary: true`. @default - none */
  readonly next?: {
    readonly service: string;
    /** Whether it gets a share of the other requests too. */ readonly weighted: boolean;
  };
  /** Connections stay open until one side closes them. @default false: a request ends within a minute */
  readonly websockets?: boolean;
  /** The name for which a DNS record of the gateway is created. @default - the host */
  readonly record?: string | undefined;
}

/** Two years. Browsers' preload lists take one year or more: https://hstspreload.org. */
const HSTS = "max-age=63072000; includeSubDomains";

const CANARY_HEADER = { ...TRIAL_HEADER, type: HttpRouteSpecRulesMatchesHeadersType.EXACT };

const toGateway = (sectionName: string): { name: string; namespace: string; sectionName: string } => ({
  name: GATEWAY,
  namespace: namespaces.gateway,
  sectionName,
});

/** Routes a host of the gateway to a Service, over TLS and with HSTS. */
export class Route extends Construct {
  readonly route: HttpRoute;
  /**
   * Routes requests that ask for the new version. It is separate, because Argo Rollouts owns the weights of the other route and
   * removes any rule that leads only to the new version. Without a new version both Services lead to the same pods.
   */
  readonly nextRoute: HttpRoute | undefined;

  constructor(scope: Construct, id: string, props: RouteProps) {
    super(scope, id);
    const { name, port, next } = props;
    const stable = { name, port };
    const backends = next?.weighted
      ? [
          { ...stable, weight: 100 },
          { name: next.service, port, weight: 0 },
        ]
      : [stable];
    const toPath = { path: { type: HttpRouteSpecRulesMatchesPathType.PATH_PREFIX, value: "/" } };
    this.route = this.createRoute("route", props, toPath, backends);
    this.nextRoute =
      next &&
      this.createRoute("next-route", { ...props, name: next.service }, { ...toPath, headers: [CANARY_HEADER] }, [
        { name: next.service, port },
      ]);
  }

  private createRoute(
    id: string,
    { namespace, name, host, websockets = false, record }: RouteProps,
    match: HttpRouteSpecRulesMatches,
    backendRefs: HttpRouteSpecRulesBackendRefs[],
  ): HttpRoute {
    return new HttpRoute(this, id, {
      metadata: { name, namespace, ...annotated(record) },
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
  /** The name for which a DNS record of the gateway is created. @default - the hosts */
  readonly record?: string | undefined;
}

const annotated = (record: string | undefined): { annotations?: Record<string, string> } =>
  record === undefined ? {} : { annotations: recordFor(record) };

/** Redirects HTTP to HTTPS. */
export class HttpsRedirect extends Construct {
  readonly route: HttpRoute;

  constructor(scope: Construct, id: string, { namespace, hosts, record }: RedirectProps) {
    super(scope, id);
    this.route = new HttpRoute(this, "route", {
      metadata: { name: "https-redirect", namespace, ...annotated(record) },
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
