import { createRequire } from "node:module";
import { type Cloud, clouds } from "../../platform/clouds.ts";
import { UserError } from "../../platform/faults.ts";
import { keptAnswers } from "../../plan/answers.ts";
import { apiServer } from "../../plan/api-server.ts";
import { provingThread } from "../proving-thread.ts";
import { suggestion } from "../closest.ts";
import { deferPackage } from "../defer-package.ts";

/** Every environment, or the named ones. */
export const environmentArguments = {
  usage: "[environment...]",
  description: "environments of this folder, each a Pulumi.<environment>.yaml; all of them by default",
  min: 0,
  max: Infinity,
} as const;

export const cloudOption = {
  type: "string",
  value: "NAME",
  description: `plans for another cloud: ${clouds.join(", ")}`,
  default: "the one in the file",
} as const;

export const releaseOption = {
  type: "string",
  value: "VERSION",
  description: "image version: v<release>, or sha-<8 hex digits> of a commit",
  default: "the one in the environment's file",
} as const;

export const againstOption = {
  type: "string",
  value: "BASE",
  description: "shows and checks what 'pulumi up' does to the deployed resources",
  default: "changes are not checked",
} as const;

/** What `--against` may name. */
export const baseDescription = `BASE is the deployed state: a plan.json, the output of \`pulumi stack export\`, a revision, or \`plans\` for the branches that
\`promptops keep\` creates.`;

export const jsonOption = {
  type: "boolean",
  description: "prints one JSON document on standard output instead of text",
} as const;

export const provedStatus = { 0: "all proofs hold", 1: "a proof failed, or an object is invalid" } as const;

export function cloudNamed(name: string | undefined): Cloud | undefined {
  if (name === undefined) return undefined;
  const cloud = clouds.find((each) => each === name);
  if (cloud !== undefined) return cloud;
  throw new UserError(`'${name}' is not a cloud.${suggestion(name, clouds)} The clouds are ${clouds.join(", ")}.`);
}

/**
 * Starts and loads what every plan needs and what takes longest, before the command's own modules are imported.
 * @param environments - those that are planned; all if empty
 */
export function prepareToPlan(environments: readonly string[]): void {
  if (environments.length !== 1) provingThread();
  // Starts in threads while the packages load here. With answers of an earlier run it will seldom be asked.
  if (!keptAnswers().some) apiServer();
  requireHeavyPackages();
}

/** Loads the largest packages with `require`, which reads each once; the TypeScript loader reads CommonJS twice. */
function requireHeavyPackages(): void {
  const require = createRequire(import.meta.url);
  // Two fifths of importing Pulumi, which needs them to serialize functions. No plan does that.
  for (const name of ["typescript", "@npmcli/arborist"]) deferPackage(name, "@pulumi/pulumi");
  const names = ["@pulumi/aws", "@pulumi/kubernetes", "@pulumi/linode", "cdk8s", "cdk8s-plus-28/lib/imports/k8s.js"];
  for (const name of names) require(name);
}
