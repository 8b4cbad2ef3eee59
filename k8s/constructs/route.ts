import { Construct } from "constructs";
import {
  HttpRoute,
  HttpRouteSpecRulesFiltersRequestRedirectScheme,
  HttpRouteSpecRulesFiltersRequestRedirectStatusCode,
  HttpRouteSpecRulesFiltersType,
  HttpRouteSpecRulesMatchesPathType,
} from "../imports/gateway.networking.k8s.io.ts";
import { GATEWAY } from "./network-peers.ts";
import { namespaces } from "../../platform/names.ts";

export interface RouteProps {
  readonly namespace: string;
  readonly name: string;
  readonly host: string;
  readonly port: number;
  /** Connections stay open for as long as both sides like. @default false: a request ends within a minute */
  readonly websockets?: boolean;
}

/** Two years, the least that browsers' preload lists take; https://hstspreload.org. */
const HSTS = "max-age=63072000; includeSubDomains";

const toGateway = (sectionName: string): { name: string; namespace: string; sectionName: string } => ({
  name: GATEWAY,
  namespace: namespaces.gateway,
  sectionName,
});

/** A host at the front door, led to a Service over TLS, with HSTS. */
export class Route extends Construct {
  readonly route: HttpRoute;

  constructor(scope: Construct, id: string, { namespace, name, host, port, websockets = false }: RouteProps) {
    super(scope, id);
    this.route = new HttpRoute(this, "route", {
      metadata: { name, namespace },
      spec: {
        parentRefs: [toGateway("https")],
        hostnames: [host],
        rules: [
          {
            matches: [{ path: { type: HttpRouteSpecRulesMatchesPathType.PATH_PREFIX, value: "/" } }],
            filters: [
              {
                type: HttpRouteSpecRulesFiltersType.RESPONSE_HEADER_MODIFIER,
                responseHeaderModifier: { set: [{ name: "Strict-Transport-Security", value: HSTS }] },
              },
            ],
            timeouts: { request: websockets ? "0s" : "60s" },
            backendRefs: [{ name, port }],
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
