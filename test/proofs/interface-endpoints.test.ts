import { expect, test } from "vitest";
import { rowOf } from "../../plan/changes/on-change.ts";
import { fitsBudget } from "../../proofs/fits-budget.ts";
import { proofs } from "../../proofs/index.ts";
import { requireAsDeclared } from "../../proofs/require-as-declared.ts";
import { validNetwork } from "../../proofs/valid-network.ts";
import { freshPlan, planOf } from "../plans.ts";
import { type Case, damaged, expectFailure, found, output, without } from "./cloud.ts";

const services = ["ecr.api", "ecr.dkr", "logs", "sts"];
const [plan, closed] = [await freshPlan("production", { "network.endpoints": services }), await planOf("production")];

test("every proof holds of a network with endpoints", () => {
  expect(proofs.flatMap(({ name, examine }) => examine(plan).failures.map((failure) => `${name}: ${failure}`))).toEqual(
    [],
  );
});

test("each endpoint has an address in each of three zones, which is billed by the hour, and its traffic by the GB", () => {
  const of = (item: string): number[] =>
    plan.billing.charges.filter((charge) => charge.item === item).map(({ amount }) => amount.min);
  expect(of("interface endpoint")).toEqual(services.map(() => 3 * 730));
  // Eleven nodes at minimum size.
  expect(of("interface endpoint data")).toEqual(services.map(() => 11 * 10));
  expect(closed.billing.charges.filter(({ item }) => item.startsWith("interface endpoint"))).toEqual([]);
  expect(fitsBudget.examine(plan).failures).toEqual([]);
});

test("what changes every input is known", () => {
  const endpoint = found(plan, "VpcEndpoint ecr.dkr");
  expect(Object.keys(endpoint.inputs).filter((input) => !rowOf(endpoint.type, input))).toEqual([]);
});

test.each<Case>([
  [
    "without its private names",
    (of) => damaged(of, "VpcEndpoint sts", (inputs) => (inputs.privateDnsEnabled = false)),
    /^VpcEndpoint 'sts' has no private names/,
  ],
  [
    "without its group",
    (of) => damaged(of, "VpcEndpoint sts", (inputs) => delete inputs.securityGroupIds),
    /^VpcEndpoint 'sts' has no security group of the plan/,
  ],
  [
    "that lacks a zone",
    (of) =>
      damaged(of, "VpcEndpoint sts", (inputs) => {
        inputs.subnetIds = [output(found(of, "Subnet private-eu-central-1a"))];
      }),
    /^VpcEndpoint 'sts' has no address in eu-central-1b, where nodes are/,
  ],
  [
    "that is open to the internet",
    (of) =>
      damaged(of, "SecurityGroupIngressRule endpoints-eu-central-1a", (inputs) => (inputs.cidrIpv4 = "0.0.0.0/0")),
    /endpoints-eu-central-1a' opens .*VpcEndpoint 'sts'.* to '0.0.0.0\/0', which holds no nodes/,
  ],
  [
    "that is closed to a zone's nodes",
    (of) => without(of, "SecurityGroupIngressRule endpoints-eu-central-1a"),
    /^SecurityGroup 'endpoints' does not let 10.20.[\d./]+ reach .*Open TCP 443/,
  ],
])("an endpoint %s is noticed", (_, damage, failure) => {
  expectFailure(validNetwork, damage(plan), failure);
});

test("an endpoint that is missing, or that the file does not name, is noticed", () => {
  expectFailure(
    requireAsDeclared,
    without(plan, "VpcEndpoint logs"),
    /has ecr.api, ecr.dkr, sts, and 'network.endpoints' is ecr.api, ecr.dkr, logs, sts/,
  );
  expectFailure(
    requireAsDeclared,
    { ...plan, expected: closed.expected },
    /has ecr.api, .*, and 'network.endpoints' is not declared/,
  );
});
