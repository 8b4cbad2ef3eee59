import { defineCommand } from "../command.ts";
import { environmentArguments } from "./shared.ts";

export const doctor = defineCommand({
  name: "doctor",
  summary: "checks that this machine can deploy environments",
  description: `Looks for the programs, credentials and kubeconfig context that are needed to deploy each environment, and compares
Pulumi's version with the SDK's. It checks only this machine: it does not try whether credentials are accepted.`,
  arguments: environmentArguments,
  options: {},
  examples: ["promptops doctor production"],
  status: { 0: "nothing is missing", 1: "something is missing", 2: "a file or the command line is invalid" },
  async run({ folder, arguments: environments }) {
    return (await import("../doctor.ts")).doctor({ folder, environments });
  },
});
