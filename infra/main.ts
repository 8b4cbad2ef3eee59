import { join } from "node:path";
import { getStack, log, RunError, runtime } from "@pulumi/pulumi";
import { UserError } from "../platform/faults.ts";
import { environmentFile } from "../platform/read-environment.ts";
import { loadDescriptors } from "../addons/catalogue.ts";
import { type Outputs, program } from "./index.ts";
import { requireContext } from "./local/kubeconfig.ts";
import { stackEnvironment } from "./stack-config.ts";

/** The SDK exports it and leaves it out of its types. */
const { isConfigSecret } = runtime as unknown as { isConfigSecret: (key: string) => boolean };

/** What `pulumi preview` and `pulumi up` run: the stack's name is the environment's. */
export default async function main(): Promise<Outputs> {
  try {
    const descriptors = await loadDescriptors();
    const config = { values: runtime.allConfig(), isSecret: isConfigSecret };
    const stack = getStack();
    const { environment, overridden } = stackEnvironment(join(import.meta.dirname, ".."), stack, descriptors, config);
    if (overridden.length > 0) {
      const file = environmentFile(stack);
      await log.warn(
        `${overridden.join(", ")} differ from ${file}, which promptops plan and cdk8s synth read: they do not show this.`,
      );
    }
    const { kubernetes } = environment;
    if ("context" in kubernetes) requireContext(kubernetes.context);
    return program(environment, descriptors);
  } catch (error) {
    // Pulumi prints a RunError's message alone; anything else comes with its stack.
    throw error instanceof UserError ? new RunError(error.message) : error;
  }
}
