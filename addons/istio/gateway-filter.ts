/**
 * What the gateway's Envoy does with a request before any route: no field of the Gateway API or of Istio has these. Names of fields are
 * those of Envoy's API at go-control-plane ca8ce173c36f, which Istio 1.31.1 is built with. Istio promises nothing of patches, so read
 * them again with each version: https://istio.io/latest/docs/reference/config/networking/envoy-filter/.
 */
import {
  type EnvoyFilterSpecConfigPatches as Patch,
  EnvoyFilterSpecConfigPatchesApplyTo as ApplyTo,
  EnvoyFilterSpecConfigPatchesMatchContext as MatchContext,
  EnvoyFilterSpecConfigPatchesPatchOperation as Operation,
} from "../../k8s/imports/networking.istio.io.ts";
import { HTTPS_PORT } from "../../platform/connections.ts";

export interface GatewayLimits {
  /** Bytes of the largest body that any exposed service takes. */
  readonly maxBody: number;
  /** Requests per second from one client address that one pod of the gateway passes on, on average. */
  readonly clientRate: number;
}

/** KiB of a request's headers: what Node.js takes, https://nodejs.org/api/http.html#httpmaxheadersize. */
const MAX_HEADERS = 16;
/** Envoy's default, written so that it does not change with a version. */
const MAX_HEADER_COUNT = 100;
/** Seconds in which a request's headers must arrive. */
const HEADERS_TIMEOUT = 10;
/** Requests at once on a connection, for HTTP/2: https://www.envoyproxy.io/docs/envoy/latest/configuration/best_practices/edge. */
const MAX_STREAMS = 100;
/** A page that loads, or a client that comes back, asks for more than its average. */
const BURST_SECONDS = 2;
/** Client addresses that a pod remembers; the one that was silent for longest is forgotten. Some 10 MB. */
const MAX_CLIENTS = 10_000;
/** An IPv6 client has a network of this size, and can use every address of it. */
const IPV6_PREFIX = 64;

const CONNECTION_MANAGER = "envoy.filters.network.http_connection_manager";
const type = (name: string): string => `type.googleapis.com/envoy.${name}`;
const seconds = (count: number): string => `${count}s`;

/** The patches, in Istio's order: the last filter that is inserted first sees a request first. */
export const gatewayPatches = (limits: GatewayLimits): Patch[] => [
  minimumTls,
  connectionManager,
  httpFilter(bodyLimit(limits)),
  httpFilter(clientLimit(limits)),
];

/**
 * TLS 1.2 at least, and 1.3 where the client can. The port is matched, since the patch would make a TLS listener of any other
 * (mergeTransportSocketListener in pilot/pkg/networking/core/envoyfilter/listener_patch.go).
 */
const minimumTls: Patch = {
  applyTo: ApplyTo.FILTER_UNDERSCORE_CHAIN,
  match: { context: MatchContext.GATEWAY, listener: { portNumber: HTTPS_PORT } },
  patch: {
    operation: Operation.MERGE,
    value: {
      transport_socket: {
        name: "envoy.transport_sockets.tls",
        typed_config: {
          "@type": type("extensions.transport_sockets.tls.v3.DownstreamTlsContext"),
          common_tls_context: {
            tls_params: { tls_minimum_protocol_version: "TLSv1_2", tls_maximum_protocol_version: "TLSv1_3" },
          },
        },
      },
    },
  },
};

/**
 * A line per request, with the keys of the services' log and no word of the client but its method: a path may hold names and a query
 * tokens, so the route stands for both. What the client sent as a request id is replaced at the edge.
 */
const accessLog = {
  name: "envoy.access_loggers.file",
  typed_config: {
    "@type": type("extensions.access_loggers.file.v3.FileAccessLog"),
    path: "/dev/stdout",
    log_format: {
      json_format: {
        level: "info",
        time: "%START_TIME%",
        service: "gateway",
        msg: "request completed",
        req: { method: "%REQ(:METHOD)%", route: "%ROUTE_NAME%" },
        res: { statusCode: "%RESPONSE_CODE%" },
        responseTime: "%DURATION%",
        client: "%DOWNSTREAM_REMOTE_ADDRESS_WITHOUT_PORT%",
        requestId: "%REQ(X-REQUEST-ID)%",
        bytesReceived: "%BYTES_RECEIVED%",
        bytesSent: "%BYTES_SENT%",
        flags: "%RESPONSE_FLAGS%",
      },
    },
  },
};

const connectionManager: Patch = {
  applyTo: ApplyTo.NETWORK_UNDERSCORE_FILTER,
  match: { context: MatchContext.GATEWAY, listener: { filterChain: { filter: { name: CONNECTION_MANAGER } } } },
  patch: {
    operation: Operation.MERGE,
    value: {
      typed_config: {
        "@type": type("extensions.filters.network.http_connection_manager.v3.HttpConnectionManager"),
        max_request_headers_kb: MAX_HEADERS,
        request_headers_timeout: seconds(HEADERS_TIMEOUT),
        common_http_protocol_options: { max_headers_count: MAX_HEADER_COUNT },
        http2_protocol_options: { max_concurrent_streams: MAX_STREAMS },
        access_log: [accessLog],
      },
    },
  },
};

const httpFilter = (value: object): Patch => ({
  applyTo: ApplyTo.HTTP_UNDERSCORE_FILTER,
  match: { context: MatchContext.GATEWAY, listener: { filterChain: { filter: { name: CONNECTION_MANAGER } } } },
  patch: { operation: Operation.INSERT_UNDERSCORE_FIRST, value },
});

/**
 * Refuses a body by its declared length, without keeping any of it: Envoy's buffer filter would hold back streams and break WebSockets.
 * A body without a declared length passes, and the service's own limit ends it.
 */
const bodyLimit = ({ maxBody }: GatewayLimits): object => ({
  name: "promptops.body-limit",
  typed_config: {
    "@type": type("extensions.filters.http.lua.v3.Lua"),
    default_source_code: {
      inline_string: `
function envoy_on_request(request)
  local length = tonumber(request:headers():get("content-length"))
  if length and length > ${maxBody} then
    request:respond(
      {[":status"] = "413", ["content-type"] = "application/problem+json"},
      '{"status":413,"title":"The body is larger than any service takes."}'
    )
  end
end
`.trimStart(),
    },
  },
});

/** A bucket of tokens per client address, in each pod: it stops a flood. Limits per tenant are the API's. */
function clientLimit({ clientRate }: GatewayLimits): object {
  const always = { default_value: { numerator: 100, denominator: "HUNDRED" } };
  const bucket = { max_tokens: clientRate * BURST_SECONDS, tokens_per_fill: clientRate, fill_interval: seconds(1) };
  return {
    name: "promptops.client-limit",
    typed_config: {
      "@type": type("extensions.filters.http.local_ratelimit.v3.LocalRateLimit"),
      stat_prefix: "client_limit",
      filter_enabled: always,
      filter_enforced: always,
      rate_limits: [{ actions: [{ masked_remote_address: { v6_prefix_mask_len: IPV6_PREFIX } }] }],
      // Of what has no client address. Envoy divides the other's interval by this one's, so it must be there.
      token_bucket: bucket,
      always_consume_default_token_bucket: false,
      // Without a value the entry has a bucket for each value that comes.
      descriptors: [{ entries: [{ key: "masked_remote_address" }], token_bucket: bucket }],
      max_dynamic_descriptors: MAX_CLIENTS,
      response_headers_to_add: [{ header: { key: "retry-after", value: "1" } }],
    },
  };
}
