import { join } from "node:path";
import { PolicyPack, type ResourceValidationArgs, type StackValidationArgs } from "@pulumi/policy";
import { resourceProofs } from "../proofs/resource-proofs.ts";
import type { Finding } from "../plan/model/plan.ts";
import { type EngineResource, environmentOf, readInputs } from "./engine-resources.ts";
import { examine } from "./examine.ts";

const ROOT = join(import.meta.dirname, "..");

/** Inputs of the resources that the engine registered so far. A stack's validation has only outputs. */
const inputs = new Map<string, unknown>();
let findings: Promise<readonly Finding[]> | undefined;

const resourcesOf = ({ resources }: StackValidationArgs): EngineResource[] =>
  resources.map(({ urn, type, name, opts, dependencies, propertyDependencies, provider }) => ({
    ...{ urn, type, name },
    inputs: inputs.get(urn) ?? {},
    protect: opts.protect,
    ignoreChanges: opts.ignoreChanges,
    dependsOn: dependencies.map((each) => each.urn),
    propertyDependencies: Object.fromEntries(
      Object.entries(propertyDependencies).map(([key, from]) => [key, from.map((each) => each.urn)]),
    ),
    ...(provider && { provider: provider.urn }),
  }));

/** What the proofs find in a stack; all policies ask for it, and it is computed once for the inputs that were read. */
function findingsIn(args: StackValidationArgs): Promise<readonly Finding[]> {
  const [first] = args.resources;
  if (!first) return Promise.resolve([]);
  findings ??= examine(ROOT, environmentOf(first.urn), resourcesOf(args));
  return findings;
}

new PolicyPack("promptops", {
  policies: [
    {
      name: "read-inputs",
      description: "Reads the inputs of resources for the other policies. It never fails.",
      enforcementLevel: "advisory",
      validateResource({ urn, props }: ResourceValidationArgs) {
        inputs.set(urn, readInputs(props));
        findings = undefined;
      },
    },
    ...resourceProofs.map(({ name, claim }) => ({
      name,
      description: claim,
      enforcementLevel: "mandatory" as const,
      async validateStack(args: StackValidationArgs, reportViolation: (message: string) => void) {
        const found = (await findingsIn(args)).find(({ proof }) => proof === name);
        for (const failure of found?.failures ?? []) reportViolation(failure);
      },
    })),
  ],
});
