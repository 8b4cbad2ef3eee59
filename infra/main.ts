import { join } from "node:path";
import { getStack, RunError } from "@pulumi/pulumi";
import { UserError } from "../platform/faults.ts";
import { readEnvironment } from "../platform/read-environment.ts";
import { loadDescriptors } from "../addons/catalogue.ts";
import { type Outputs, program } from "./index.ts";

/** What `pulumi preview` and `pulumi up` run: the stack's name is the environment's. */
export default async function main(): Promise<Outputs> {
  try {
    const descriptors = await loadDescriptors();
    return program(readEnvironment(join(import.meta.dirname, ".."), getStack(), descriptors), descriptors);
  } catch (error) {
    // Pulumi prints a RunError's message alone; anything else comes with its stack.
    throw error instanceof UserError ? new RunError(error.message) : error;
  }
}
