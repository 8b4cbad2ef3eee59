import { expect, test } from "vitest";
import { validGateways } from "../../proofs/valid-gateways.ts";
import { planOf, withoutObject } from "../plans.ts";
import { testProof } from "./damage.ts";

testProof(validGateways, [
  [
    "a load balancer inside the network",
    "Gateway",
    "public",
    ({ spec }) => (spec.infrastructure.annotations["service.beta.kubernetes.io/aws-load-balancer-scheme"] = "internal"),
    /its load balancer is made by .*internal/,
  ],
  [
    "another port",
    "Gateway",
    "public",
    ({ spec }) => (spec.listeners[1].port = 8443),
    /listener 'https' accepts HTTPS on port 8443/,
  ],
  ["a route of every host", "HTTPRoute", "api", ({ spec }) => delete spec.hostnames, /matches every host/],
  [
    "a redirect of another host",
    "HTTPRoute",
    "https-redirect",
    ({ spec }) => (spec.hostnames = ["www.promptops.io"]),
    /nothing redirects http:\/\/api.promptops.io to https/,
  ],
  [
    "an unreleased version for everyone",
    "HTTPRoute",
    "api-canary",
    ({ spec }) => delete spec.rules[0].matches,
    /must be reached with the header x-canary: true/,
  ],
  [
    "another header",
    "HTTPRoute",
    "api-canary",
    ({ spec }) => (spec.rules[0].matches[0].headers[0].name = "x-new"),
    /must be reached with the header x-canary: true/,
  ],
]);

test("a redirect and a route to the new version that are gone are found", async () => {
  const plan = await planOf("production");
  expect(validGateways.examine(withoutObject(plan, "HTTPRoute", "https-redirect")).failures).toHaveLength(1);
  expect(validGateways.examine(withoutObject(plan, "HTTPRoute", "api-canary")).failures).toHaveLength(1);
});
