import { describe, expect, test } from "vitest";
import { requireLeastPrivilege } from "../../proofs/require-least-privilege.ts";
import { connectivity, requireConnectivity } from "../../proofs/require-connectivity.ts";
import { prove } from "../../proofs/index.ts";
import { validHosts } from "../../proofs/valid-hosts.ts";
import { type Case, damaged, expectFailure, without } from "../proofs/cloud.ts";
import { damageObject, type Editable, freshPlan, planOf, remodel } from "../plans.ts";

const byHttp = await planOf("production");
const byDns = await freshPlan("production", { certificates: { challenge: "dns-01", wildcard: true } });
const specOf = (plan: typeof byHttp, kind: string): Editable =>
  plan.objects.find(({ manifest }) => manifest.kind === kind)?.manifest.spec;

describe("an environment's certificate", () => {
  test("names each host, and is got by an answer through the gateway", () => {
    expect(specOf(byHttp, "Certificate").dnsNames).toEqual(["api.promptops.io"]);
    expect(specOf(byHttp, "ClusterIssuer").acme.solvers).toEqual([
      { http01: { gatewayHTTPRoute: { parentRefs: [expect.objectContaining({ name: "public" })] } } },
    ]);
    expect(byHttp.resources.map(({ name }) => name)).not.toContain("cert-manager");
  });

  test("is for all hosts by DNS where the file says so, with every proof holding", () => {
    expect(specOf(byDns, "Certificate").dnsNames).toEqual(["*.promptops.io"]);
    expect(specOf(byDns, "ClusterIssuer").acme.solvers).toEqual([{ dns01: { route53: { region: "eu-central-1" } } }]);
    expect(prove(byDns).flatMap(({ proof, failures }) => failures.map((each) => `${proof}: ${each}`))).toEqual([]);
  });

  test("lets nobody answer through the gateway where DNS does", () => {
    const [http] = specOf(byDns, "Gateway").listeners;
    expect(http.allowedRoutes.namespaces.selector.matchExpressions[0].values).toEqual(["application"]);
    const policies = (plan: typeof byHttp): string[] => plan.objects.map(({ manifest }) => manifest.metadata.name);
    expect(policies(byHttp)).toContain("acme-solver");
    expect(policies(byDns)).not.toContain("acme-solver");
  });
});

describe("its pods", () => {
  const workloads = (plan: typeof byHttp): Record<string, number> =>
    Object.fromEntries(
      plan.podSources
        .filter(({ addon }) => addon === "cert-manager")
        .map(({ name, replicas }) => [name, replicas.min] as const),
    );
  const budgets = (plan: typeof byHttp): string[] =>
    plan.addons
      .flatMap(({ name, objects }) => (name === "cert-manager" ? objects : []))
      .flatMap(({ kind, metadata }) => (kind === "PodDisruptionBudget" ? [metadata.name] : []));

  test("are more than one of each, with a budget, where the environment is protected", async () => {
    const names = ["cert-manager", "cert-manager-cainjector", "cert-manager-webhook"];
    expect(workloads(byHttp)).toEqual({ "cert-manager": 2, "cert-manager-cainjector": 2, "cert-manager-webhook": 3 });
    expect(budgets(byHttp).toSorted()).toEqual(names);
    const staging = await planOf("staging");
    expect(workloads(staging)).toEqual(Object.fromEntries(names.map((name) => [name, 1])));
    expect(budgets(staging)).toEqual([]);
  });

  test("connect to Let's Encrypt from the controller alone, and to the host itself where they answer over HTTP", () => {
    const outside = (plan: typeof byHttp): string[] =>
      connectivity(plan)
        .filter(({ from, to, allowed }) => allowed && from.startsWith("cert-manager/") && to === "internet")
        .map(({ from, ports }) => `${from} ${ports}`);
    expect(outside(byHttp)).toEqual(["cert-manager/cert-manager 443", "cert-manager/cert-manager 80"]);
    expect(outside(byDns)).toEqual(["cert-manager/cert-manager 443"]);
  });

  test.each([
    [
      "the API server cannot call the webhook",
      "webhook",
      "ingress",
      /must connect to cert-manager\/cert-manager-webhook on port 10250/,
    ],
    ["the controller cannot ask Let's Encrypt", "controller", "egress", /^cert-manager\/cert-manager must connect to /],
    ["the cainjector cannot ask the API server", "cainjector", "egress", /^cert-manager\/cert-manager-cainjector must/],
  ] as const)("are noticed where %s", (_, name, direction, failure) => {
    const policies = byHttp.objects.map((each) =>
      each.manifest.kind === "NetworkPolicy" &&
      each.manifest.metadata.namespace === "cert-manager" &&
      each.manifest.metadata.name === name
        ? { ...each, manifest: { ...each.manifest, spec: { ...(each.manifest.spec as object), [direction]: [] } } }
        : each,
    );
    expectFailure(requireConnectivity, remodel(byHttp, { objects: policies }), failure);
  });
});

test("a wildcard that no issuer can give, and one that covers no host, are noticed", () => {
  const solved = damageObject(byDns, "ClusterIssuer", "public", ({ spec }) => (spec.acme.solvers = [{ http01: {} }]));
  expect(validHosts.examine(solved).failures).toEqual([
    "Certificate gateway/public-tls: *.promptops.io is issued for an answer by DNS alone, and ClusterIssuer 'public' has none. Give it a solver dns01.",
  ]);
  const other = damageObject(
    byDns,
    "Certificate",
    "public-tls",
    ({ spec }) => (spec.dnsNames = ["*.www.promptops.io"]),
  );
  expect(validHosts.examine(other).failures).toContainEqual(
    expect.stringMatching(/api.promptops.io is in no certificate/),
  );
  expect(validHosts.examine(other).failures).toContainEqual(
    expect.stringMatching(/\*.www.promptops.io, which no route/),
  );
});

describe("the role that answers by DNS", () => {
  const policy =
    (from: string, to: string): Case[1] =>
    (plan) =>
      damaged(plan, "RolePolicy cert-manager", (inputs) => {
        expect(inputs.policy).toContain(from);
        inputs.policy = inputs.policy.replaceAll(from, to);
      });

  test.each<Case>([
    ["cannot find the zone", policy("ListHostedZonesByName", "GetHostedZone"), /cannot route53:ListHostedZonesByName/],
    [
      "cannot tell when records are everywhere",
      policy("route53:GetChange", "route53:GetZone"),
      /cannot route53:GetChange on/,
    ],
    [
      "cannot answer for a wildcard",
      policy('"_acme-challenge.promptops.io",', ""),
      /cannot route53:ChangeResourceRecordSets/,
    ],
    [
      "writes other records",
      policy('"_acme-challenge.*.promptops.io"', '"*.promptops.io"'),
      /allows route53:ChangeResourceRecordSets on .* Narrow/,
    ],
    [
      "answers for other domains",
      policy('"_acme-challenge.*.promptops.io"', '"_acme-challenge.*"'),
      /allows route53:ChangeResourceRecordSets on .* Narrow/,
    ],
    [
      "points a host elsewhere",
      policy('["TXT"]', '["TXT","A"]'),
      /allows route53:ChangeResourceRecordSets on .* Narrow/,
    ],
    [
      "belongs to nobody",
      (plan) => without(plan, "PodIdentityAssociation cert-manager"),
      /cert-manager\/cert-manager may not answer-dns-challenges/,
    ],
  ])("is noticed where it %s", (_, damage, failure) => {
    expectFailure(requireLeastPrivilege, damage(byDns), failure);
  });
});
