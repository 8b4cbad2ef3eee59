import { chmodSync, mkdtempSync, rmSync, writeFileSync } from "node:fs";
import { createServer, type Server } from "node:http";
import type { AddressInfo } from "node:net";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { afterEach, beforeEach, expect, test, vi } from "vitest";
import { awsQuotas } from "../../platform/catalogue/quotas.ts";
import type { QuotaNeed } from "../../platform/quotas.ts";
import { checkQuotas } from "../../operations/quotas/index.ts";
import { environment } from "../environments.ts";

const production = environment("production");
const lke = environment("production-lke");

let folder: string;
let server: Server | undefined;
beforeEach(() => {
  folder = mkdtempSync(join(tmpdir(), "promptops-quotas-"));
  vi.stubEnv("PATH", `${folder}:${process.env["PATH"] ?? ""}`);
});
afterEach(() => {
  vi.unstubAllEnvs();
  server?.close();
  server = undefined;
  rmSync(folder, { recursive: true });
});

const quota = (name: keyof typeof awsQuotas, value: number): object => ({
  QuotaCode: awsQuotas[name].code,
  Value: value,
});
const tags = (of: string): object[] => [
  { Key: "project", Value: "promptops" },
  { Key: "environment", Value: of },
];

/** What an account has, by the CLI's command. An answer that is a text is an error. */
const ACCOUNT: Readonly<Record<string, object | string>> = {
  "sts get-caller-identity": { Account: "111122223333" },
  "service-quotas list-service-quotas": { Quotas: [quota("standard-spot", 100), quota("elastic-ips", 5)] },
  "service-quotas list-aws-default-service-quotas": {
    Quotas: [
      ...[quota("elastic-ips", 3), quota("standard-on-demand", 40), quota("g-on-demand", 0), quota("vpcs", 5)],
      ...[quota("nat-gateways", 2), quota("clusters", 100)],
    ],
  },
  "ec2 describe-addresses": { Addresses: [{ Tags: tags("production") }, { Tags: tags("staging") }, {}] },
  "ec2 describe-vpcs": { Vpcs: [{}] },
  "ec2 describe-nat-gateways": { NatGateways: [{ SubnetId: "s-a" }, { SubnetId: "s-a" }, { SubnetId: "s-b" }] },
  "ec2 describe-subnets": {
    Subnets: [
      { SubnetId: "s-a", AvailabilityZone: "eu-central-1a" },
      { SubnetId: "s-b", AvailabilityZone: "eu-central-1b" },
    ],
  },
  "ec2 describe-instances": {
    Reservations: [
      { Instances: [{ InstanceType: "m6i.large" }, { InstanceType: "m6i.large", InstanceLifecycle: "spot" }] },
      { Instances: [{ InstanceType: "m6i.large", Tags: tags("production") }, { InstanceType: "trn1.2xlarge" }] },
    ],
  },
  "ec2 describe-instance-types": {
    InstanceTypes: [
      { InstanceType: "m6i.large", VCpuInfo: { DefaultVCpus: 2 } },
      { InstanceType: "trn1.2xlarge", VCpuInfo: { DefaultVCpus: 8 } },
    ],
  },
  "eks list-clusters": { clusters: ["promptops-production", "another"] },
};

/** Puts an `aws` on the PATH that prints what an account has. */
function installAws(account: Readonly<Record<string, object | string>>): void {
  const cases = Object.entries(account).map(([command, answer]) =>
    typeof answer === "string"
      ? `"${command}") echo >&2; echo '${answer}' >&2; exit 254;;`
      : `"${command}") echo '${JSON.stringify(answer)}';;`,
  );
  writeFileSync(join(folder, "aws"), `#!/bin/sh\ncase "$1 $2" in\n${cases.join("\n")}\nesac\n`);
  chmodSync(join(folder, "aws"), 0o755);
}

const needs: readonly QuotaNeed[] = [
  { of: "clusters", min: 1, max: 1 },
  { of: "vpcs", min: 1, max: 1 },
  { of: "elastic-ips", min: 3, max: 3 },
  { of: "nat-gateways", zone: "eu-central-1a", min: 1, max: 1 },
  { of: "nat-gateways", zone: "eu-central-1b", min: 1, max: 1 },
  { of: "standard-on-demand", min: 30, max: 48 },
  { of: "standard-spot", min: 0, max: 68 },
  { of: "g-on-demand", min: 16, max: 16 },
];
const lines = async (of = production, taken = needs): Promise<string[]> =>
  (await checkQuotas(of, taken, { ...process.env, AWS_PROFILE: "work", LINODE_TOKEN: "a-token" })).map(
    ({ verdict, subject, detail }) => `${verdict}: ${subject}: ${detail}`,
  );

const ASK = "Ask for it: aws service-quotas request-service-quota-increase";

test("what the environment needs is compared with each quota and with what others have of it", async () => {
  installAws(ACCOUNT);
  expect(await lines()).toEqual([
    "ok: quota of Clusters: needs 1; others have 1 of 100",
    "ok: quota of VPCs per Region: needs 1; others have 1 of 5",
    "ok: quota of EC2-VPC Elastic IPs: needs 3; others have 2 of 5",
    `missing: quota of NAT gateways per Availability Zone in eu-central-1a: needs 1; others have 2 of 2. 'pulumi up' would fail. ${ASK} --service-code vpc --quota-code L-FE5A380F --desired-value 3 --region eu-central-1`,
    "ok: quota of NAT gateways per Availability Zone in eu-central-1b: needs 1; others have 1 of 2",
    `missing: quota of Running On-Demand Standard (A, C, D, H, I, M, R, T, Z) instances: needs 30 to 48 vCPU; others have 2 of 40. Nodes up to the pools' maximum would be refused. ${ASK} --service-code ec2 --quota-code L-1216C47A --desired-value 50 --region eu-central-1`,
    "ok: quota of All Standard (A, C, D, H, I, M, R, T, Z) Spot Instance Requests: needs 0 to 68 vCPU; others have 2 of 100",
    `missing: quota of Running On-Demand G and VT instances: needs 16 vCPU; others have 0 of 0. 'pulumi up' would fail. ${ASK} --service-code ec2 --quota-code L-DB2E81BA --desired-value 16 --region eu-central-1`,
  ]);
});

test("a quota whose use may not be read is not checked, and the others are", async () => {
  const denied = "An error occurred (UnauthorizedOperation) when calling the DescribeVpcs operation: denied";
  installAws({ ...ACCOUNT, "ec2 describe-vpcs": denied });
  const checked = await lines();
  expect(checked[0]).toBe("ok: quota of Clusters: needs 1; others have 1 of 100");
  expect(checked[1]).toBe(`not checked: quota of VPCs per Region: needs 1; ${denied}`);
});

test("a quota that the region does not have is not checked", async () => {
  installAws({ ...ACCOUNT, "service-quotas list-aws-default-service-quotas": { Quotas: [] } });
  expect((await lines())[0]).toBe(
    "not checked: quota of Clusters: needs 1; Service Quotas has no quota L-1194D53C (Clusters) of 'eks' in this region",
  );
});

test.each([
  [
    { Account: "999988887777" },
    "is 999988887777, and Pulumi.production.yaml has 'promptops:account' = 111122223333. Set AWS_PROFILE to that account's.",
  ],
  ["Unable to locate credentials", "cannot be read: Unable to locate credentials"],
])("credentials that are not the account's check nothing: %j", async (identity, says) => {
  installAws({ ...ACCOUNT, "sts get-caller-identity": identity });
  const [account, ...others] = await lines();
  expect(account).toBe(`missing: account of the credentials: ${says}`);
  expect(others).toHaveLength(needs.length);
  expect(others.filter((line) => !line.startsWith("not checked: "))).toEqual([]);
});

test("without credentials each need is named as not checked", async () => {
  const checks = await checkQuotas(production, needs, { HOME: folder });
  expect(checks.map(({ verdict }) => verdict)).toEqual(needs.map(() => "not checked"));
  expect(checks[2]?.detail).toBe("needs 3; there are no credentials. Set AWS_PROFILE, or run 'aws configure'.");
});

/** Answers as https://techdocs.akamai.com/linode-api/reference says; what it has no answer for does not exist. */
async function startLinode(answers: Readonly<Record<string, object | number>>): Promise<void> {
  const started = createServer(({ url = "", headers }, response) => {
    const answer = headers.authorization === "Bearer a-token" ? (answers[url] ?? 404) : 401;
    response.statusCode = typeof answer === "number" ? answer : 200;
    response.end(JSON.stringify(typeof answer === "number" ? { errors: [{ reason: "Not found" }] } : answer));
  });
  server = started;
  await new Promise<void>((resolve) => started.listen(0, "127.0.0.1", resolve));
  vi.stubEnv("LINODE_URL", `http://127.0.0.1:${(started.address() as AddressInfo).port}`);
}

const linodeNeeds: readonly QuotaNeed[] = [
  { of: "Linodes", min: 6, max: 13 },
  { of: "plan g6-standard-8", min: 3, max: 10 },
  { of: "plan g2-gpu-rtx4000a1-m", min: 2, max: 2 },
  { of: "buckets", min: 1, max: 1 },
];
const QUOTA = "obj-buckets-fr-par-1.linodeobjects.com";
const LINODE = {
  "/v4/account/availability/fr-par": { region: "fr-par", available: ["Linodes"], unavailable: ["Kubernetes"] },
  "/v4/regions/fr-par/availability": [{ region: "fr-par", plan: "g2-gpu-rtx4000a1-m", available: false }],
  "/v4/object-storage/quotas?page_size=500": {
    data: [{ quota_id: QUOTA, resource_metric: "bucket", s3_endpoint: "fr-par-1.linodeobjects.com" }],
  },
  [`/v4/object-storage/quotas/${QUOTA}/usage`]: { quota_limit: 10, usage: 10 },
};
const TICKET = "Open a ticket: https://cloud.linode.com/support/tickets";

test("on Linode, what its API says of services, plans and buckets is checked, and the rest is named", async () => {
  await startLinode(LINODE);
  expect(await lines(lke, linodeNeeds)).toEqual([
    `missing: services in fr-par: Kubernetes: not available to this account. Take another region. ${TICKET}`,
    `not checked: quota of Linodes: needs 6 to 13; Linode's API does not say how many an account may have. ${TICKET}`,
    "not checked: quota of plan g6-standard-8: needs 3 to 10; Linode's API says this only of premium and GPU plans",
    `missing: quota of plan g2-gpu-rtx4000a1-m: is not available in fr-par. Take another type or region. ${TICKET}`,
    `missing: quota of buckets: needs 1; others have 10 of 10. 'pulumi up' would fail. ${TICKET}`,
  ]);
});

test("the environment's own bucket is not counted as another's", async () => {
  const name = `promptops-production-lke-backups-${lke.domain.replaceAll(".", "-")}`;
  await startLinode({ ...LINODE, [`/v4/object-storage/buckets/fr-par/${name}`]: { label: name } });
  expect((await lines(lke, linodeNeeds)).at(-1)).toBe("ok: quota of buckets: needs 1; others have 9 of 10");
});

test("an answer of Linode's API that is an error is named, with its route", async () => {
  await startLinode({ ...LINODE, "/v4/regions/fr-par/availability": 503 });
  expect((await lines(lke, linodeNeeds))[3]).toBe(
    "not checked: quota of plan g2-gpu-rtx4000a1-m: needs 2; Linode's API answered 503 at /v4/regions/fr-par/availability",
  );
});
