import { describe, expect, test } from "vitest";
import { proofs } from "../../proofs/index.ts";
import { freshPlan } from "../plans.ts";

const oidc = { issuer: "https://login.example.com/realms/acme", audience: "promptops" };

interface Policy {
  readonly spec: {
    readonly egress?: readonly {
      readonly ports: readonly { readonly port: number }[];
      readonly to: readonly {
        readonly ipBlock?: { readonly cidr: string };
        readonly podSelector?: { readonly matchLabels?: Readonly<Record<string, string>> };
      }[];
    }[];
  };
}

const rulesOf = (policy: unknown): NonNullable<Policy["spec"]["egress"]> => (policy as Policy).spec.egress ?? [];

const opensInternet = (policy: unknown): boolean =>
  rulesOf(policy).some(
    ({ ports, to }) =>
      ports.some(({ port }) => port === 443) && to.some(({ ipBlock }) => ipBlock?.cidr === "0.0.0.0/0"),
  );

const reachesEgressProxy = (policy: unknown): boolean =>
  rulesOf(policy).some(({ to }) =>
    to.some(({ podSelector }) => podSelector?.matchLabels?.["app.kubernetes.io/name"] === "egress-proxy"),
  );

describe.each(["production", "production-lke"])("the plan of %s with an OIDC issuer", (name) => {
  test("tells the API's pods of it and no others, lets them reach the egress proxy alone, and passes every proof that it passed before", async () => {
    const [before, after] = [await freshPlan(name), await freshPlan(name, { oidc })];
    const told = after.objects
      .filter(({ manifest }) => JSON.stringify(manifest).includes("PROMPTOPS_OIDC"))
      .map(({ manifest: { kind, metadata } }) => `${kind} ${metadata.name}`);
    expect(told).toEqual([expect.stringMatching(/^(Deployment|Rollout) api$/)]);
    const policies = after.objects.map(({ manifest }) => manifest).filter(({ kind }) => kind === "NetworkPolicy");
    const namesOf = (some: typeof policies): string[] => some.map(({ metadata: { name } }) => name);
    const opened = namesOf(policies.filter(opensInternet));
    expect(opened).toContain("egress-proxy");
    expect(opened).not.toContain("api");
    expect(namesOf(policies.filter(reachesEgressProxy))).toContain("api");
    const failuresOf = (plan: typeof before): unknown =>
      proofs.map((proof) => ({ proof: proof.name, failures: proof.examine(plan).failures }));
    expect(failuresOf(after)).toEqual(failuresOf(before));
  });
});
