import { describe, expect, test } from "vitest";
import { rowOf } from "../../plan/changes/on-change.ts";
import type { Plan } from "../../plan/model/plan.ts";
import { textOf } from "../../plan/model/recorded.ts";
import { planEnvironment } from "../../plan/plan.ts";
import { parseEnvironment } from "../../platform/read-environment.ts";
import { proofs } from "../../proofs/index.ts";
import { requireAsDeclared } from "../../proofs/require-as-declared.ts";
import { validGateways } from "../../proofs/valid-gateways.ts";
import { validPrograms } from "../../proofs/valid-programs.ts";
import { validResources } from "../../proofs/valid-resources.ts";
import { consoleService } from "../../services/console/service.ts";
import { descriptors, environmentSource, faultsOf, services } from "../environments.ts";
import { damageObject, planOf } from "../plans.ts";
import { type Case, damaged, expectFailure, found, output, without } from "../proofs/cloud.ts";

const changes = { "certificates.challenge": "dns-01", cdn: { clientRate: 3000, shieldAdvanced: true } };
const all = { ...descriptors, services: [...services, consoleService] };
const source = environmentSource("production", { ...changes, "services.console": {} });
const [plan, absent] = [
  await planEnvironment(parseEnvironment(source, "production", all), all),
  await planOf("production"),
];

const charged = (of: Plan, item: string): number =>
  of.billing.charges.filter((charge) => charge.item === item).reduce((sum, { amount }) => sum + amount.min, 0);

test("every proof but that of the budget holds of an environment with a CDN and Shield Advanced", () => {
  const failures = proofs.flatMap(({ name, examine }) => examine(plan).failures.map((failure) => [name, failure]));
  expect(failures.filter(([name]) => name !== "fits-budget")).toEqual([]);
});

test("what changes every input is known", () => {
  const added = plan.resources.filter(({ urn, custom }) => custom && urn.includes("promptops:aws:Cdn"));
  expect(new Set(added.map(({ type }) => type)).size).toBe(9);
  expect(
    added.flatMap(({ type, inputs }) =>
      Object.keys(inputs).flatMap((input) => (rowOf(type, input) ? [] : `${type} ${input}`)),
    ),
  ).toEqual([]);
});

test("answers are charged at the CDN instead of the nodes, with its firewall and Shield Advanced", () => {
  // Eleven nodes at minimum size.
  expect(charged(plan, "CDN data to the internet")).toBe(11 * 50);
  expect(charged(plan, "data to the internet")).toBe(0);
  expect(charged(absent, "data to the internet")).toBe(11 * 50);
  expect(["WAF web ACL", "WAF rule", "Shield Advanced"].map((item) => charged(plan, item))).toEqual([1, 2, 1]);
});

test("each host leads to the CDN, and one name to the gateway", () => {
  const records = plan.resources.filter(({ type }) => type === "aws:route53/record:Record");
  expect(
    records
      .flatMap(({ inputs: { name, type } }) => (typeof name === "string" ? [`${textOf(type)} ${name}`] : []))
      .toSorted(),
  ).toEqual(["A api.promptops.io", "A console.promptops.io", "AAAA api.promptops.io", "AAAA console.promptops.io"]);
  const routes = plan.objects.filter(({ manifest }) => manifest.kind === "HTTPRoute");
  const names = routes.map(
    ({ manifest }) => manifest.metadata.annotations?.["external-dns.alpha.kubernetes.io/hostname"],
  );
  expect(new Set(names)).toEqual(new Set(["origin.promptops.io"]));
});

test("only the console's assets are cached, apart for each host", () => {
  const { inputs } = found(plan, "Distribution cdn");
  expect(inputs["orderedCacheBehaviors"]).toMatchObject([{ pathPattern: "/assets/*" }]);
  expect(found(plan, "CachePolicy cdn").inputs["parametersInCacheKeyAndForwardedToOrigin"]).toMatchObject({
    headersConfig: { headers: { items: ["Host"] } },
  });
});

test.each<Case>([
  [
    "without a firewall",
    (of) => damaged(of, "Distribution", (inputs) => delete inputs.webAclId),
    /^Distribution 'cdn' has no firewall/,
  ],
  [
    "whose firewall counts instead of blocking",
    (of) => damaged(of, "WebAcl", ({ rules }) => (rules[1].action = { count: {} })),
    /^Distribution 'cdn' has no firewall/,
  ],
  [
    "that answers without TLS",
    (of) =>
      damaged(of, "Distribution", (inputs) => (inputs.orderedCacheBehaviors[0].viewerProtocolPolicy = "allow-all")),
    /^Distribution 'cdn' answers without TLS/,
  ],
  [
    "that accepts old TLS",
    (of) => damaged(of, "Distribution", (inputs) => (inputs.viewerCertificate.minimumProtocolVersion = "TLSv1")),
    /^Distribution 'cdn' accepts TLS before 1.2/,
  ],
  [
    "whose certificate may not be issued yet",
    (of) =>
      damaged(
        of,
        "Distribution",
        (inputs) => (inputs.viewerCertificate.acmCertificateArn = output(found(of, "Certificate cdn"))),
      ),
    /^Distribution 'cdn' has no certificate that the program waits for/,
  ],
  [
    "in front of another server",
    (of) => damaged(of, "Distribution", (inputs) => (inputs.origins[0].domainName = "api.promptops.io")),
    /^Distribution 'cdn' does not lead to the gateway/,
  ],
  [
    "that speaks plain HTTP to the gateway",
    (of) =>
      damaged(
        of,
        "Distribution",
        (inputs) => (inputs.origins[0].customOriginConfig.originProtocolPolicy = "match-viewer"),
      ),
    /^Distribution 'cdn' connects to the gateway without TLS/,
  ],
  [
    "that clients of IPv6 do not find",
    (of) => without(of, "Record aaaa-api.promptops.io"),
    /^Distribution 'cdn' is not found at api.promptops.io: no AAAA record/,
  ],
  [
    "whose gateway is open to everyone",
    (of) =>
      damaged(of, "SecurityGroupIngressRule gateway", (inputs) => {
        delete inputs.prefixListId;
        inputs.cidrIpv4 = "0.0.0.0/0";
      }),
    /^SecurityGroup 'gateway' admits clients other than the CDN/,
  ],
  [
    "whose gateway is closed",
    (of) => without(of, "SecurityGroupIngressRule gateway"),
    /^SecurityGroup 'gateway' does not admit the CDN/,
  ],
  [
    "whose gateway cannot reach a zone's pods",
    (of) => damaged(of, "SecurityGroup gateway", (inputs) => inputs.egress[0].cidrBlocks.pop()),
    /^SecurityGroup 'gateway' does not let the gateway's load balancer out/,
  ],
  [
    "whose gateway finds no group",
    (of) => damaged(of, "SecurityGroup gateway", (inputs) => (inputs.tags.Name = "other")),
    /^0 security groups have the Name 'promptops-production-gateway'/,
  ],
])("a CDN %s is noticed", (_, damage, failure) => {
  expectFailure(validResources, damage(plan), failure);
});

describe("the declared CDN", () => {
  test.each<Case>([
    [
      "a higher rate",
      (of) => damaged(of, "WebAcl", ({ rules }) => (rules[1].statement.rateBasedStatement.limit = 9000)),
      /has 9000, and 'cdn.clientRate' is 3000/,
    ],
    ["no Shield Advanced", (of) => without(of, "Protection cdn"), /has false, and 'cdn.shieldAdvanced' is true/],
    [
      "a host less",
      (of) => damaged(of, "Distribution", (inputs) => inputs.aliases.pop()),
      /has api.promptops.io, and 'cdn hosts' is/,
    ],
    ["no CDN", (of) => without(of, "Distribution cdn"), /^'cdn.clientRate' is 3000, but no resource/],
  ])("is noticed if the plan has %s", (_, damage, failure) => {
    expectFailure(requireAsDeclared, damage(plan), failure);
  });

  test("is noticed if it is not declared", () => {
    expectFailure(requireAsDeclared, { ...plan, expected: absent.expected }, /and 'cdn.clientRate' is not declared/);
  });
});

/** An object that was changed, in an environment that declares the CDN. */
const withObject = (kind: string, name: string, damage: Parameters<typeof damageObject>[3]): Plan => ({
  ...damageObject(plan, kind, name, damage),
  expected: plan.expected,
});

test("a gateway, a route and a program that do not know of the CDN are noticed", () => {
  const open = withObject("Gateway", "public", ({ spec }) => {
    delete spec.infrastructure.annotations["service.beta.kubernetes.io/aws-load-balancer-security-groups"];
  });
  expectFailure(validGateways, open, /^Gateway gateway\/public: its load balancer is made by/);
  const published = withObject("HTTPRoute", "api", ({ metadata }) => delete metadata.annotations);
  expectFailure(
    validGateways,
    published,
    /^HTTPRoute application\/api: a record must be created for origin.promptops.io only/,
  );
  expectFailure(validGateways, { ...plan, expected: absent.expected }, /no record is created for its hosts. Remove/);
  expectFailure(
    validPrograms,
    { ...plan, expected: absent.expected },
    /trusts 2 proxies to name the client, but 1 are in front/,
  );
});

test("a CDN is refused without DNS-01, without a gateway, and on other clouds", () => {
  expect(faultsOf({ cdn: {} })).toEqual([
    "promptops:cdn: requires 'certificates.challenge: dns-01': the CDN answers plain HTTP, so an HTTP-01 challenge never reaches the gateway. Set it too.",
  ]);
  expect(faultsOf({ ...changes, "addons.istio": undefined })).toContain(
    "promptops:cdn: needs a gateway, and no add-on provides one. Enable one that does, or remove 'cdn'.",
  );
  expect(faultsOf({ cdn: {} }, "production-lke")).toEqual([
    "promptops:cdn: has no meaning on linode: Akamai's CDN is a product of its own, which @pulumi/linode does not create. Remove it.",
  ]);
  expect(faultsOf({ cdn: {} }, "development")).toEqual([
    "promptops:cdn: has no meaning on local: a CDN needs a load balancer on the internet. Remove it.",
  ]);
});
