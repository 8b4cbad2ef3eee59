import { execFile } from "node:child_process";
import { existsSync } from "node:fs";
import { createRequire } from "node:module";
import { homedir } from "node:os";
import { join } from "node:path";
import { promisify } from "node:util";
import type { Cloud } from "../platform/clouds.ts";
import type { Environment } from "../platform/environment.ts";
import { UserError } from "../platform/faults.ts";
import { kubeconfigContext } from "../platform/kubeconfig.ts";
import { knownContexts } from "./cluster-client.ts";

/** One thing that deploying needs. */
export interface Check {
  readonly subject: string;
  readonly verdict: "ok" | "missing" | "not checked";
  /** What was found, or what to do. */
  readonly detail: string;
}

/** Environment variables. */
export type Variables = Readonly<Record<string, string | undefined>>;

/** Where the kubeconfig of a cluster comes from. */
const CONTEXT_FROM = { pulumi: "pulumi stack output kubeconfig --show-secrets", user: "the cluster's owner" } as const;

interface Needs {
  /** Programs besides Pulumi, and what for. */
  readonly programs: Readonly<Record<string, string>>;
  readonly credentials?: { readonly present: (variables: Variables) => boolean; readonly add: string };
  readonly context: keyof typeof CONTEXT_FROM;
}

/** https://docs.aws.amazon.com/sdkref/latest/guide/standardized-credentials.html: where the SDKs look, but for instance metadata. */
const AWS_VARIABLES = [
  "AWS_ACCESS_KEY_ID",
  "AWS_PROFILE",
  "AWS_WEB_IDENTITY_TOKEN_FILE",
  "AWS_CONTAINER_CREDENTIALS_RELATIVE_URI",
  "AWS_CONTAINER_CREDENTIALS_FULL_URI",
];
const hasAwsCredentials = (variables: Variables): boolean =>
  AWS_VARIABLES.some((name) => (variables[name] ?? "") !== "") ||
  existsSync(variables["AWS_SHARED_CREDENTIALS_FILE"] ?? join(variables["HOME"] ?? homedir(), ".aws", "credentials"));

const NEEDS: Readonly<Record<Cloud, Needs>> = {
  aws: {
    programs: { aws: "the cluster's kubeconfig runs it for credentials" },
    credentials: { present: hasAwsCredentials, add: "Set AWS_PROFILE, or run 'aws configure'." },
    context: "pulumi",
  },
  linode: {
    programs: {},
    credentials: { present: ({ LINODE_TOKEN = "" }) => LINODE_TOKEN !== "", add: "Set LINODE_TOKEN." },
    context: "pulumi",
  },
  local: { programs: {}, context: "user" },
};

/** Looks at this machine only: calls no cloud and no cluster. */
export async function examineMachine(
  environment: Environment,
  variables: Variables = process.env,
): Promise<readonly Check[]> {
  const { programs, credentials, context } = NEEDS[environment.cloud];
  return [
    await pulumiCheck(),
    ...(await Promise.all(Object.entries(programs).map(([program, use]) => programCheck(program, use)))),
    ...(credentials ? [credentialsCheck(environment.cloud, credentials, variables)] : []),
    contextCheck(kubeconfigContext(environment), context),
  ];
}

const SDK = createRequire(import.meta.url)("@pulumi/pulumi/package.json") as { readonly version: string };

/** Engine and SDK speak a protocol of their own, and are tested together at one version. */
async function pulumiCheck(): Promise<Check> {
  const install = `Install Pulumi ${SDK.version}, the version of the SDK in package.json.`;
  const found = (await outputOf("pulumi", "version"))?.replace(/^v/, "");
  if (found === undefined) return { subject: "pulumi", verdict: "missing", detail: `is not on the PATH. ${install}` };
  return found === SDK.version
    ? { subject: "pulumi", verdict: "ok", detail: `${found}, as the SDK` }
    : { subject: "pulumi", verdict: "missing", detail: `is ${found}. ${install}` };
}

async function programCheck(program: string, use: string): Promise<Check> {
  const version = await outputOf(program, "--version");
  return version === undefined
    ? { subject: program, verdict: "missing", detail: `is not on the PATH, and ${use}. Install it.` }
    : { subject: program, verdict: "ok", detail: version.split("\n")[0] ?? version };
}

/** What a program prints; undefined where it does not run. */
async function outputOf(program: string, argument: string): Promise<string | undefined> {
  try {
    return (await promisify(execFile)(program, [argument])).stdout.trim();
  } catch {
    return undefined;
  }
}

/** Whether this machine has credentials for a cloud, and which to add. A local cluster needs none. */
export function missingCredentials(cloud: Cloud, variables: Variables): string | undefined {
  const { credentials } = NEEDS[cloud];
  return credentials && !credentials.present(variables) ? credentials.add : undefined;
}

const credentialsCheck = (
  cloud: Cloud,
  { present, add }: NonNullable<Needs["credentials"]>,
  variables: Variables,
): Check => ({
  subject: `credentials for ${cloud}`,
  ...(present(variables)
    ? { verdict: "ok", detail: "are set" }
    : { verdict: "missing", detail: `are missing. ${add}` }),
});

/** A kubeconfig that cannot be read has none to use. */
function contextsOrNone(): string[] {
  try {
    return knownContexts();
  } catch (error) {
    if (error instanceof UserError) return [];
    throw error;
  }
}

/** A cloud's cluster has a context once it is made: until then its absence is no fault. */
function contextCheck(context: string, from: Needs["context"]): Check {
  const subject = `kubeconfig context ${context}`;
  if (contextsOrNone().includes(context)) return { subject, verdict: "ok", detail: "is there; not tried" };
  const detail = `is not in the kubeconfig. Take it from ${CONTEXT_FROM[from]}`;
  return from === "user"
    ? { subject, verdict: "missing", detail: `${detail}.` }
    : { subject, verdict: "ok", detail: `${detail} after the first 'pulumi up'.` };
}
