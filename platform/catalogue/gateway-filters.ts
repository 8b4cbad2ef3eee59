/** The kind of object that changes what the pods of a gateway do with a request, by the Gateway's class. Other classes have none here. */
export const filterKinds: Readonly<Record<string, string>> = { istio: "EnvoyFilter" };

/**
 * Operators of Envoy's access log that repeat no word of a client: https://www.envoyproxy.io/docs/envoy/latest/configuration/observability/access_log/usage.
 * A path may hold names and a query tokens; a header is whatever the client wrote. The method is one that Envoy knows, and a request id
 * is replaced where a request comes from outside.
 */
export const loggedOperators: readonly string[] = [
  "%BYTES_RECEIVED%",
  "%BYTES_SENT%",
  "%DOWNSTREAM_REMOTE_ADDRESS_WITHOUT_PORT%",
  "%DURATION%",
  "%PROTOCOL%",
  "%REQ(:METHOD)%",
  "%REQ(X-REQUEST-ID)%",
  "%RESPONSE_CODE%",
  "%RESPONSE_FLAGS%",
  "%ROUTE_NAME%",
  "%START_TIME%",
  "%TRACE_ID%",
  "%UPSTREAM_CLUSTER%",
];
