import { chmodSync, mkdtempSync, rmSync, writeFileSync } from "node:fs";
import { createRequire } from "node:module";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { afterEach, beforeEach, expect, test, vi } from "vitest";
import { type Check, examineMachine } from "../../operations/doctor.ts";
import { environment } from "../environments.ts";

const SDK = (createRequire(import.meta.url)("@pulumi/pulumi/package.json") as { version: string }).version;
let folder: string;
beforeEach(() => {
  folder = mkdtempSync(join(tmpdir(), "promptops-doctor-"));
  vi.stubEnv("PATH", folder);
  vi.stubEnv("KUBECONFIG", join(folder, "config"));
});
afterEach(() => {
  vi.unstubAllEnvs();
  rmSync(folder, { recursive: true });
});

function install(program: string, says: string): void {
  writeFileSync(join(folder, program), `#!/bin/sh\necho ${says}\n`);
  chmodSync(join(folder, program), 0o755);
}

function addContext(name: string): void {
  const config = { contexts: [{ name, context: { cluster: "c", user: "u" } }], clusters: [], users: [] };
  writeFileSync(join(folder, "config"), JSON.stringify(config));
}

const missing = (checks: readonly Check[]): string[] =>
  checks.flatMap(({ subject, verdict, detail }) => (verdict === "ok" ? [] : [`${subject} ${detail}`]));

test("a machine with nothing lacks Pulumi, the cloud's program and credentials", async () => {
  expect(missing(await examineMachine(environment("production"), { HOME: folder }))).toEqual([
    `pulumi is not on the PATH. Install Pulumi ${SDK}, the version of the SDK in package.json.`,
    "aws is not on the PATH, and the cluster's kubeconfig runs it for credentials. Install it.",
    "credentials for aws are missing. Set AWS_PROFILE, or run 'aws configure'.",
  ]);
  expect(missing(await examineMachine(environment("production-lke"), { LINODE_TOKEN: "" }))).toContain(
    "credentials for linode are missing. Set LINODE_TOKEN.",
  );
});

test("Pulumi at another version than the SDK is refused", async () => {
  install("pulumi", "v3.1.0");
  expect(missing(await examineMachine(environment("production-lke"), { LINODE_TOKEN: "t" }))).toEqual([
    `pulumi is 3.1.0. Install Pulumi ${SDK}, the version of the SDK in package.json.`,
  ]);
});

test("a machine with all of it lacks nothing, although no cluster is made yet", async () => {
  install("pulumi", `v${SDK}`);
  install("aws", "aws-cli/2.1");
  expect(missing(await examineMachine(environment("production"), { AWS_PROFILE: "work" }))).toEqual([]);
});

test("a local environment needs the context of its cluster", async () => {
  install("pulumi", `v${SDK}`);
  const local = environment("development");
  const context = "context" in local.kubernetes ? local.kubernetes.context : "";
  addContext("other");
  expect(missing(await examineMachine(local, {}))).toEqual([
    `kubeconfig context ${context} is not in the kubeconfig. Take it from the cluster's owner.`,
  ]);
  addContext(context);
  expect(missing(await examineMachine(local, {}))).toEqual([]);
});
