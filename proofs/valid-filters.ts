import { count } from "../platform/count.ts";
import { filterKinds, loggedOperators } from "../platform/catalogue/gateway-filters.ts";
import { describeObject, type KubernetesObject } from "../plan/model/kubernetes.ts";
import { secondsOf } from "./evaluation/durations.ts";
import { type EnvoyPatch, type Json, patchesOf, textAt, textsIn, valueAt } from "./evaluation/envoy-patches.ts";
import type { Proof } from "./proof.ts";
import { failuresOf, type Rule } from "./rules.ts";

export const validFilters: Proof = {
  name: "valid-filters",
  claim:
    "Every gateway requires TLS 1.2 or later, limits headers, bodies and requests per client address, and logs no user content.",
  examine({ objects, expected }) {
    const manifests = objects.map(({ manifest }) => manifest);
    const gateways = manifests.filter(({ kind, spec }) => kind === "Gateway" && filterKindOf(spec) !== undefined);
    const found = gateways.map((gateway) => ({
      at: describeObject(gateway),
      listeners: listenersOf(gateway),
      patches: patchesOf(gateway, manifests, filterKindOf(gateway.spec) ?? ""),
    }));
    const maxBody = Math.max(0, ...expected.bodies.map(({ bytes }) => bytes));
    return {
      evidence: [
        ...found.map(
          ({ at, patches }) =>
            `${at}: ${count(patches.length, "patch", "patches")} for requests, bodies of at most ${maxBody} bytes`,
        ),
        ...(found.length === 0 ? ["0 gateways whose filters are known"] : []),
      ],
      failures: found.flatMap(({ at, listeners, patches }) =>
        messagesOf(listeners, maxBody).flatMap((message) =>
          messageFailures(message, patches).map((failure) => `${at}: ${failure}`),
        ),
      ),
    };
  },
};

const filterKindOf = (spec: KubernetesObject["spec"]): string | undefined =>
  filterKinds[(spec as { readonly gatewayClassName?: string } | undefined)?.gatewayClassName ?? ""];

interface Listener {
  readonly port: number;
  readonly tls?: object;
}

const listenersOf = ({ spec }: KubernetesObject): readonly Listener[] =>
  (spec as { readonly listeners?: readonly Listener[] } | undefined)?.listeners ?? [];

/** Where a message is patched in. */
interface Place {
  readonly applyTo: string;
  readonly operation: string;
  readonly filter?: string;
  /** The listeners' ports that it is for. @default - all */
  readonly ports?: readonly number[];
}

/** A message that must be patched in, and what it must say. */
interface Message extends Place {
  readonly type: string;
  readonly does: string;
  readonly rules: (config: Json) => readonly Rule[];
}

const MANAGER = "envoy.filters.network.http_connection_manager";
const onRequests = { applyTo: "HTTP_FILTER", operation: "INSERT_FIRST", filter: MANAGER } as const;

const messagesOf = (listeners: readonly Listener[], maxBody: number): readonly Message[] => [
  {
    type: "DownstreamTlsContext",
    does: "sets the minimum version of TLS",
    applyTo: "FILTER_CHAIN",
    operation: "MERGE",
    ports: listeners.filter(({ tls }) => tls).map(({ port }) => port),
    rules: tlsRules,
  },
  {
    type: "HttpConnectionManager",
    does: "bounds headers and logs requests",
    applyTo: "NETWORK_FILTER",
    operation: "MERGE",
    filter: MANAGER,
    rules: managerRules,
  },
  { type: "Lua", does: "bounds bodies", ...onRequests, rules: (config) => bodyRules(config, maxBody) },
  { type: "LocalRateLimit", does: "bounds the requests of one address", ...onRequests, rules: rateRules },
];

function messageFailures({ type, does, rules, ...place }: Message, patches: readonly EnvoyPatch[]): string[] {
  const [patch, ...others] = patches.filter((each) => each.type === type);
  if (!patch) return [`no patch of ${type}, so nothing ${does}. Add one.`];
  if (others.length > 0) return [`${others.length + 1} patches of ${type}. Keep one.`];
  return failuresOf([...placeRules(patch, place), ...rules(patch.config)]).map((failure) => `${type}: ${failure}`);
}

const placeRules = (patch: EnvoyPatch, { applyTo, operation, filter, ports }: Place): readonly Rule[] => [
  [patch.applyTo === applyTo, `is applied to ${patch.applyTo}. Apply it to ${applyTo}.`],
  [patch.operation === operation, `its operation is ${patch.operation}. Write ${operation}.`],
  [patch.filter === filter, `it looks for filter '${patch.filter ?? ""}'. Name '${filter ?? ""}'.`],
  [patch.context === "GATEWAY", `its context is ${patch.context ?? "any"}. Write GATEWAY.`],
  [
    ports === undefined ? patch.port === undefined : ports.includes(patch.port ?? NaN),
    `it is for port ${patch.port ?? "any"}, and must be for ${ports?.join(" or ") ?? "any"}. Correct portNumber.`,
  ],
];

/** A number at a path, within bounds. */
function within(config: Json, path: string, [min, max]: readonly [number, number]): Rule {
  const found = valueAt(config, path);
  const number = typeof found === "string" ? secondsOf(found) : Number(found ?? NaN);
  return [number >= min && number <= max, `${path} is ${JSON.stringify(found)}. Set it from ${min} to ${max}.`];
}

const equal = (config: Json, path: string, expected: Json): Rule => {
  const found = valueAt(config, path);
  return [found === expected, `${path} is ${JSON.stringify(found)}. Set it to ${JSON.stringify(expected)}.`];
};

const PARAMETERS = "common_tls_context.tls_params";

/** Older versions are broken: RFC 8996. A maximum below 1.3 would keep clients from the better one. */
const tlsRules = (config: Json): readonly Rule[] => [
  [
    ["TLSv1_2", "TLSv1_3"].includes(textAt(config, `${PARAMETERS}.tls_minimum_protocol_version`)),
    `${PARAMETERS}.tls_minimum_protocol_version must be TLSv1_2 or TLSv1_3. Set it.`,
  ],
  equal(config, `${PARAMETERS}.tls_maximum_protocol_version`, "TLSv1_3"),
];

/** Envoy's own defaults are the highest bounds: 60 KiB, 100 headers; no time and no number of streams is its default. */
const managerRules = (config: Json): readonly Rule[] => [
  within(config, "max_request_headers_kb", [8, 60]),
  within(config, "common_http_protocol_options.max_headers_count", [50, 100]),
  within(config, "request_headers_timeout", [5, 60]),
  within(config, "http2_protocol_options.max_concurrent_streams", [10, 100]),
  ...logRules(valueAt(config, "access_log")),
];

function logRules(log: Json | undefined): Rule[] {
  const format = valueAt(log, "0.typed_config.log_format.json_format");
  const operators = textsIn(format).filter((text) => text.includes("%"));
  const words = operators.filter((operator) => !loggedOperators.includes(operator));
  return [
    [Array.isArray(log) && log.length === 1, "access_log must have one log. Write one."],
    equal(log ?? null, "0.name", "envoy.access_loggers.file"),
    equal(log ?? null, "0.typed_config.path", "/dev/stdout"),
    [
      ["%REQ(:METHOD)%", "%ROUTE_NAME%", "%RESPONSE_CODE%", "%DURATION%", "%START_TIME%"].every((each) =>
        operators.includes(each),
      ),
      "its log must have method, route, status, duration and time of each request, as JSON. Add them.",
    ],
    [
      words.length === 0,
      `its log prints ${words.join(", ")}, which may repeat what a client wrote, or is no field of Envoy. Remove it.`,
    ],
  ];
}

/** The script refuses by the declared length; less than a service takes would refuse what is allowed. */
function bodyRules(config: Json, maxBody: number): readonly Rule[] {
  const script = textAt(config, "default_source_code.inline_string");
  const bound = Number(/length > (\d+)/.exec(script)?.[1] ?? NaN);
  return [
    [
      script.includes("envoy_on_request") && script.includes('get("content-length")') && script.includes('"413"'),
      "its script must answer 413 by the header content-length. Write it so.",
    ],
    [
      bound === maxBody,
      `it refuses bodies of more than ${bound} bytes, and services take ${maxBody}. Set the larger of theirs.`,
    ],
  ];
}

/** A bucket for each address: without one for the rest, Envoy divides by zero (local_ratelimit_impl.cc). */
function rateRules(config: Json): readonly Rule[] {
  const [descriptor] = listAt(config, "descriptors");
  const entries = listAt(descriptor ?? null, "entries");
  return [
    ...["filter_enabled", "filter_enforced"].flatMap((share) => [
      equal(config, `${share}.default_value.numerator`, 100),
      equal(config, `${share}.default_value.denominator`, "HUNDRED"),
    ]),
    [
      valueAt(config, "rate_limits.0.actions.0.masked_remote_address") !== undefined,
      "its first action must be masked_remote_address: it counts by client. Set rate_limits.",
    ],
    within(config, "rate_limits.0.actions.0.masked_remote_address.v6_prefix_mask_len", [48, 64]),
    [
      entries.length === 1 &&
        valueAt(entries[0], "key") === "masked_remote_address" &&
        valueAt(entries[0], "value") === undefined,
      "its descriptor must be the key masked_remote_address without a value: a bucket for each. Correct descriptors.",
    ],
    equal(config, "always_consume_default_token_bucket", false),
    within(config, "max_dynamic_descriptors", [1_000, 100_000]),
    ...["token_bucket", "descriptors.0.token_bucket"].flatMap((bucket) => bucketRules(config, bucket)),
    equal(config, "response_headers_to_add.0.header.key", "retry-after"),
  ];
}

const listAt = (value: Json, path: string): readonly Json[] => {
  const found = valueAt(value, path);
  return Array.isArray(found) ? (found as readonly Json[]) : [];
};

/** A burst of a few seconds of the average. */
function bucketRules(config: Json, bucket: string): Rule[] {
  const average = Number(valueAt(config, `${bucket}.tokens_per_fill`) ?? NaN);
  return [
    equal(config, `${bucket}.fill_interval`, "1s"),
    within(config, `${bucket}.tokens_per_fill`, [1, 100_000]),
    within(config, `${bucket}.max_tokens`, [average, average * 10]),
  ];
}
