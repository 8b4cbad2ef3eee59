import { join } from "node:path";
import { UserError } from "../platform/faults.ts";
import { loadDescriptors } from "../addons/catalogue.ts";
import { synth } from "./synth.ts";

/** What `npx cdk8s synth` runs. cdk8s-cli passes its options in these variables. */
const root = join(import.meta.dirname, "..");
const {
  CDK8S_OUTDIR: output = join(root, "dist", "cdk8s.out"),
  CDK8S_RECORD_CONSTRUCT_METADATA: metadata,
  PROMPTOPS_ENVIRONMENT: environment,
} = process.env;

try {
  await synth({ root, output, environment, recordMetadata: metadata === "true" }, await loadDescriptors());
} catch (error) {
  if (!(error instanceof UserError)) throw error;
  console.error(error.message);
  process.exitCode = 2;
}
