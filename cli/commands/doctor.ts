import { defineCommand } from "../command.ts";
import { environmentArguments } from "./shared.ts";

export const doctor = defineCommand({
  name: "doctor",
  summary: "says what this machine lacks to deploy environments",
  description: `Looks for the programs, credentials and kubeconfig context that deploying each environment needs, and compares Pulumi's
version with the SDK's. It looks at this machine alone: whether credentials are accepted, it does not try.`,
  arguments: environmentArguments,
  options: {},
  examples: ["promptops doctor production"],
  status: { 0: "nothing is missing", 1: "something is missing", 2: "a file or the call is wrong" },
  async run({ folder, arguments: environments }) {
    return (await import("../doctor.ts")).doctor({ folder, environments });
  },
});
