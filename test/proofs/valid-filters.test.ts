import { expect, test } from "vitest";
import { validFilters } from "../../proofs/valid-filters.ts";
import { type Editable, freshPlan, planOf, withoutObject } from "../plans.ts";
import { type Damage, testProof } from "./damage.ts";

const [TLS, MANAGER, BODY, RATE] = [0, 1, 2, 3] as const;

/** Damage to a message that the filter patches in. */
const damage = (what: string, patch: number, change: (config: Editable) => unknown, failure: RegExp): Damage => [
  what,
  "EnvoyFilter",
  "public",
  ({ spec }) => {
    const { value } = spec.configPatches[patch].patch;
    return change(value.typed_config ?? value.transport_socket.typed_config);
  },
  failure,
];

/** Damage to where a message is patched in. */
const moved = (what: string, patch: number, change: (patch: Editable) => unknown, failure: RegExp): Damage => [
  what,
  "EnvoyFilter",
  "public",
  ({ spec }) => change(spec.configPatches[patch]),
  failure,
];

const parameters = (config: Editable): Editable => config.common_tls_context.tls_params;
const logOf = (config: Editable): Editable => config.access_log[0].typed_config.log_format.json_format;
const script = (config: Editable, from: string, to: string): void => {
  expect(config.default_source_code.inline_string).toContain(from);
  config.default_source_code.inline_string = config.default_source_code.inline_string.replace(from, to);
};

testProof(validFilters, [
  damage(
    "TLS 1.0",
    TLS,
    (c) => (parameters(c).tls_minimum_protocol_version = "TLSv1_0"),
    /^Gateway gateway\/public: .*must be TLSv1_2 or/,
  ),
  damage(
    "a minimum left to Envoy",
    TLS,
    (c) => delete parameters(c).tls_minimum_protocol_version,
    /must be TLSv1_2 or TLSv1_3/,
  ),
  damage("no TLS 1.3", TLS, (c) => (parameters(c).tls_maximum_protocol_version = "TLSv1_2"), /Set it to "TLSv1_3"/),
  moved("TLS on every port", TLS, (p) => delete p.match.listener.portNumber, /it is for port any, and must be for 443/),
  moved("TLS on the port of the redirect", TLS, (p) => (p.match.listener.portNumber = 80), /it is for port 80/),
  moved(
    "the filter of sidecars",
    MANAGER,
    (p) => (p.match.context = "SIDECAR_INBOUND"),
    /its context is SIDECAR_INBOUND/,
  ),
  moved("a filter of no name", MANAGER, (p) => delete p.match.listener.filterChain, /it looks for filter ''/),
  moved("a filter that replaces others", BODY, (p) => (p.patch.operation = "REPLACE"), /Write INSERT_FIRST/),
  moved("a filter in another place", RATE, (p) => (p.applyTo = "NETWORK_FILTER"), /Apply it to HTTP_FILTER/),
  damage(
    "headers without bound",
    MANAGER,
    (c) => delete c.max_request_headers_kb,
    /max_request_headers_kb is undefined. Set it from 8 to 60/,
  ),
  damage(
    "too many headers",
    MANAGER,
    (c) => (c.common_http_protocol_options.max_headers_count = 10_000),
    /max_headers_count is 10000/,
  ),
  damage(
    "headers that take a day",
    MANAGER,
    (c) => (c.request_headers_timeout = "1d"),
    /request_headers_timeout is "1d"/,
  ),
  damage(
    "any number of streams",
    MANAGER,
    (c) => delete c.http2_protocol_options,
    /max_concurrent_streams is undefined/,
  ),
  damage("no log", MANAGER, (c) => delete c.access_log, /access_log must have one log/),
  damage(
    "a log of paths",
    MANAGER,
    (c) => (logOf(c).path = "%REQ(X-ENVOY-ORIGINAL-PATH?:PATH)%"),
    /prints %REQ\(X-ENVOY-ORIGINAL-PATH\?:PATH\)%, which may repeat/,
  ),
  damage(
    "a log of tokens",
    MANAGER,
    (c) => (logOf(c).req.auth = "as %REQ(AUTHORIZATION)%"),
    /prints as %REQ\(AUTHORIZATION\)%/,
  ),
  damage("a log of hosts", MANAGER, (c) => (logOf(c).host = "%REQ(:AUTHORITY)%"), /prints %REQ\(:AUTHORITY\)%/),
  damage("a log without status", MANAGER, (c) => delete logOf(c).res, /must have method, route, status/),
  damage(
    "a log in a file",
    MANAGER,
    (c) => (c.access_log[0].typed_config.path = "/tmp/log"),
    /Set it to "\/dev\/stdout"/,
  ),
  damage(
    "bodies ten times as large",
    BODY,
    (c) => script(c, "1048576", "10485760"),
    /bodies of more than 10485760 bytes, and services take 1048576/,
  ),
  damage(
    "bodies smaller than a service takes",
    BODY,
    (c) => script(c, "1048576", "1024"),
    /bodies of more than 1024 bytes/,
  ),
  damage("a script that answers 200", BODY, (c) => script(c, '"413"', '"200"'), /must answer 413/),
  damage(
    "limits that are counted and not enforced",
    RATE,
    (c) => delete c.filter_enforced,
    /filter_enforced.default_value.numerator is undefined/,
  ),
  damage(
    "limits for one in a thousand",
    RATE,
    (c) => (c.filter_enabled.default_value.denominator = "TEN_THOUSAND"),
    /Set it to "HUNDRED"/,
  ),
  damage(
    "one bucket for all",
    RATE,
    (c) => delete c.always_consume_default_token_bucket,
    /always_consume_default_token_bucket is undefined/,
  ),
  damage(
    "no bucket for the rest, by which Envoy divides",
    RATE,
    (c) => delete c.token_bucket,
    /token_bucket.fill_interval is undefined/,
  ),
  damage(
    "a bucket for one address",
    RATE,
    (c) => (c.descriptors[0].entries[0].value = "192.0.2.1/32"),
    /without a value/,
  ),
  damage(
    "a count by header",
    RATE,
    (c) => (c.rate_limits[0].actions[0] = { request_headers: {} }),
    /must be masked_remote_address/,
  ),
  damage("twenty addresses", RATE, (c) => delete c.max_dynamic_descriptors, /max_dynamic_descriptors is undefined/),
  damage(
    "a burst of an hour",
    RATE,
    (c) => (c.descriptors[0].token_bucket.max_tokens = 360_000),
    /descriptors.0.token_bucket.max_tokens is 360000/,
  ),
]);

test("a filter that is gone, or that names another Gateway, is found", async () => {
  const plan = await planOf("production");
  const { failures } = validFilters.examine(withoutObject(plan, "EnvoyFilter", "public"));
  expect(failures).toHaveLength(4);
  expect(failures[0]).toMatch(/^Gateway gateway\/public: no patch of DownstreamTlsContext/);
});

test("the rate is the environment's", async () => {
  const plan = await freshPlan("production", { "addons.istio": { clientRate: 7 } });
  const filter = plan.objects.find(({ manifest }) => manifest.kind === "EnvoyFilter")?.manifest as Editable;
  const { descriptors } = filter.spec.configPatches[RATE].patch.value.typed_config;
  expect(descriptors[0].token_bucket).toEqual({ max_tokens: 14, tokens_per_fill: 7, fill_interval: "1s" });
  expect(validFilters.examine(plan).failures).toEqual([]);
});
