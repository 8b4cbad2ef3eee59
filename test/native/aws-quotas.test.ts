import { spawnSync } from "node:child_process";
import { mkdtempSync, rmSync, writeFileSync } from "node:fs";
import { createServer, type IncomingHttpHeaders, type Server } from "node:http";
import type { AddressInfo } from "node:net";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { afterAll, beforeAll, describe, expect, test } from "vitest";
import { awsQuotas } from "../../platform/catalogue/quotas.ts";
import { checkQuotas } from "../../operations/quotas/index.ts";
import { environment } from "../environments.ts";

/** A folder with an `aws` that calls the one on the PATH with another endpoint. AWS_ENDPOINT_URL is read by later versions than Debian's. */
function redirectedCli(endpoint: string): string {
  const found = spawnSync("sh", ["-c", "command -v aws"], { encoding: "utf8" }).stdout.trim();
  if (found === "") throw new Error("There is no 'aws' on the PATH. Install Debian's package awscli.");
  const folder = mkdtempSync(join(tmpdir(), "promptops-aws-"));
  writeFileSync(join(folder, "aws"), `#!/bin/sh\nexec '${found}' "$@" --endpoint-url ${endpoint}\n`, { mode: 0o755 });
  return folder;
}

const quotas = (...values: readonly [keyof typeof awsQuotas, number][]): object => ({
  Quotas: values.map(([name, Value]) => ({ QuotaCode: awsQuotas[name].code, Value })),
});

/** Two pages, of which the CLI reads both. */
const applied = (service: unknown, token: unknown): object => {
  if (service !== "ec2") return { Quotas: [] };
  return token === undefined
    ? { ...quotas(["elastic-ips", 5]), NextToken: "next" }
    : quotas(["standard-on-demand", 64], ["standard-spot", 64], ["g-on-demand", 8]);
};

const tag = (key: string, value: string): string => `<item><key>${key}</key><value>${value}</value></item>`;
const OWN = `<tagSet>${tag("project", "promptops")}${tag("environment", "production")}</tagSet>`;
const instance = (type: string, rest = ""): string =>
  `<item><instancesSet><item><instanceId>i</instanceId><instanceType>${type}</instanceType>${rest}</item></instancesSet></item>`;

/** By the action, in the form of https://docs.aws.amazon.com/AWSEC2/latest/APIReference. */
const XML: Readonly<Record<string, string>> = {
  GetCallerIdentity:
    "<GetCallerIdentityResponse><GetCallerIdentityResult><Account>111122223333</Account></GetCallerIdentityResult></GetCallerIdentityResponse>",
  DescribeAddresses: `<DescribeAddressesResponse><addressesSet><item>${OWN}</item><item/><item/></addressesSet></DescribeAddressesResponse>`,
  DescribeVpcs: "<DescribeVpcsResponse><vpcSet><item/></vpcSet></DescribeVpcsResponse>",
  DescribeNatGateways:
    "<DescribeNatGatewaysResponse><natGatewaySet><item><subnetId>s-a</subnetId></item></natGatewaySet></DescribeNatGatewaysResponse>",
  DescribeSubnets:
    "<DescribeSubnetsResponse><subnetSet><item><subnetId>s-a</subnetId><availabilityZone>eu-central-1a</availabilityZone></item></subnetSet></DescribeSubnetsResponse>",
  DescribeInstances: `<DescribeInstancesResponse><reservationSet>${instance("m6i.large")}${instance("m6i.large", OWN)}${instance("m6i.xlarge", "<instanceLifecycle>spot</instanceLifecycle>")}</reservationSet></DescribeInstancesResponse>`,
  DescribeInstanceTypes: `<DescribeInstanceTypesResponse><instanceTypeSet>${[
    ["m6i.large", 2],
    ["m6i.xlarge", 4],
  ]
    .map(
      ([type, vcpu]) =>
        `<item><instanceType>${type}</instanceType><vCpuInfo><defaultVCpus>${vcpu}</defaultVCpus></vCpuInfo></item>`,
    )
    .join("")}</instanceTypeSet></DescribeInstanceTypesResponse>`,
};

function answerTo(url: string, headers: IncomingHttpHeaders, body: string): string {
  const target = String(headers["x-amz-target"] ?? "").split(".")[1];
  if (target !== undefined) {
    const { ServiceCode, NextToken } = JSON.parse(body) as Readonly<Record<string, unknown>>;
    const answer = target === "ListServiceQuotas" ? applied(ServiceCode, NextToken) : defaults(ServiceCode);
    return JSON.stringify(answer);
  }
  if (url.startsWith("/clusters")) return JSON.stringify({ clusters: ["promptops-production", "another"] });
  return XML[new URLSearchParams(body).get("Action") ?? ""] ?? "";
}

const defaults = (service: unknown): object =>
  service === "eks" ? quotas(["clusters", 100]) : quotas(["vpcs", 5], ["nat-gateways", 5]);

describe("quotas, as the AWS CLI reads them", () => {
  let server: Server;
  let folder: string;
  beforeAll(async () => {
    server = createServer((request, response) => {
      let body = "";
      request.on("data", (chunk) => (body += String(chunk)));
      request.on("end", () => response.end(answerTo(request.url ?? "", request.headers, body)));
    });
    await new Promise<void>((resolve) => server.listen(0, "127.0.0.1", resolve));
    folder = redirectedCli(`http://127.0.0.1:${(server.address() as AddressInfo).port}`);
  });
  afterAll(() => {
    server.close();
    rmSync(folder, { recursive: true });
  });

  test("each is compared with all of its pages, and its own resources are no others'", async () => {
    const checks = await checkQuotas(
      environment("production"),
      [
        { of: "clusters", min: 1, max: 1 },
        { of: "vpcs", min: 1, max: 1 },
        { of: "elastic-ips", min: 3, max: 3 },
        { of: "nat-gateways", zone: "eu-central-1a", min: 1, max: 1 },
        { of: "standard-on-demand", min: 30, max: 48 },
        { of: "standard-spot", min: 0, max: 68 },
        { of: "g-on-demand", min: 16, max: 16 },
      ],
      {
        ...process.env,
        PATH: `${folder}:${process.env["PATH"] ?? ""}`,
        AWS_ACCESS_KEY_ID: "of-a-test",
        AWS_SECRET_ACCESS_KEY: "of-a-test",
      },
    );
    expect(checks.map(({ verdict, detail }) => `${verdict}: ${detail.split(".")[0] ?? ""}`)).toEqual([
      "ok: needs 1; others have 1 of 100",
      "ok: needs 1; others have 1 of 5",
      "ok: needs 3; others have 2 of 5",
      "ok: needs 1; others have 1 of 5",
      "ok: needs 30 to 48 vCPU; others have 2 of 64",
      "missing: needs 0 to 68 vCPU; others have 4 of 64",
      "missing: needs 16 vCPU; others have 0 of 8",
    ]);
  });
});
