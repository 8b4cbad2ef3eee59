import { describe, expect, test } from "vitest";
import { proofs } from "../../proofs/index.ts";
import { freshPlan } from "../plans.ts";

const oidc = { issuer: "https://login.example.com/realms/acme", audience: "promptops" };

interface Policy {
  readonly spec: {
    readonly egress: readonly {
      readonly ports: readonly { readonly port: number }[];
      readonly to: readonly { readonly ipBlock?: { readonly cidr: string } }[];
    }[];
  };
}

const opensInternet = (policy: unknown): boolean =>
  (policy as Policy).spec.egress.some(
    ({ ports, to }) =>
      ports.some(({ port }) => port === 443) && to.some(({ ipBlock }) => ipBlock?.cidr === "0.0.0.0/0"),
  );

describe.each(["production", "production-lke"])("the plan of %s with an OIDC issuer", (name) => {
  test("tells the API's pods of it and no others, lets them reach the egress proxy alone, and passes every proof that it passed before", async () => {
    const [before, after] = [await freshPlan(name), await freshPlan(name, { oidc })];
    const told = after.objects
      .filter(({ manifest }) => JSON.stringify(manifest).includes("PROMPTOPS_OIDC"))
      .map(({ manifest: { kind, metadata } }) => `${kind} ${metadata.name}`);
    expect(told).toEqual([expect.stringMatching(/^(Deployment|Rollout) api$/)]);
    const opened = after.objects
      .filter(({ manifest }) => manifest.kind === "NetworkPolicy")
      .filter(
        ({ manifest }) => !before.objects.some((each) => JSON.stringify(each.manifest) === JSON.stringify(manifest)),
      )
      .map(({ manifest }) => ({ name: manifest.metadata.name, toInternet: opensInternet(manifest) }));
    expect(opened.toSorted((one, other) => one.name.localeCompare(other.name))).toEqual([
      { name: "api", toInternet: false },
      { name: "egress-proxy", toInternet: true },
    ]);
    const failuresOf = (plan: typeof before): unknown =>
      proofs.map((proof) => ({ proof: proof.name, failures: proof.examine(plan).failures }));
    expect(failuresOf(after)).toEqual(failuresOf(before));
  });
});
