import { describe, expect, test } from "vitest";
import { requireConnectivity } from "../../proofs/require-connectivity.ts";
import { type Editable, planOf, withoutObject } from "../plans.ts";

const [aws, lke, local] = [await planOf("production"), await planOf("production-lke"), await planOf("development")];

/** Of the plan's Deployment of external-dns: as its chart renders it. */
function podOf(plan: typeof aws): Editable {
  const addon = plan.addons.find(({ name }) => name === "external-dns");
  const deployment = addon?.objects.find(({ kind }) => kind === "Deployment") as Editable;
  return { ...deployment.spec.template.spec, replicas: deployment.spec.replicas };
}

describe.each([
  ["aws", aws, "promptops.io", "promptops-production"],
  ["linode", lke, "lke.promptops.io", "promptops-production-lke"],
] as const)("external-dns on %s", (provider, plan, domain, owner) => {
  const pod = podOf(plan);

  test("makes records of its own domain, for routes of our gateway, and deletes none", () => {
    expect(pod.containers[0].args).toEqual(
      expect.arrayContaining([
        `--provider=${provider}`,
        `--domain-filter=${domain}`,
        `--txt-owner-id=${owner}`,
        ...["--source=gateway-httproute", "--gateway-namespace=gateway", "--gateway-name=public"],
        ...["--policy=upsert-only", "--registry=txt"],
      ]),
    );
  });

  test("is one pod, since it elects no leader, and needs its connections to the cloud", () => {
    expect(pod.replicas).toBe(1);
    const cut = withoutObject(plan, "NetworkPolicy", "external-dns");
    expect(requireConnectivity.examine(cut).failures.join("\n")).toMatch(/external-dns\/external-dns/);
  });
});

test("the token is a variable on Linode, and there is none on AWS", () => {
  const variables = (plan: typeof aws): Editable[] => podOf(plan).containers[0].env;
  expect(variables(lke)).toEqual([
    { name: "LINODE_TOKEN", valueFrom: { secretKeyRef: { name: "dns-token", key: "token" } } },
  ]);
  expect(variables(aws)).toEqual([{ name: "AWS_REGION", value: "us-east-1" }]);
});

test("a cluster without a gateway has none", () => {
  expect(local.addons.map(({ name }) => name)).not.toContain("external-dns");
});
