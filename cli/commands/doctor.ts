import { defineCommand } from "../command.ts";
import { environmentArguments } from "./shared.ts";

export const doctor = defineCommand({
  name: "doctor",
  summary: "checks that this machine and the cloud account can deploy environments",
  description: `Looks for the programs, credentials and kubeconfig context that are needed to deploy each environment, and compares
Pulumi's version with the SDK's. With credentials, it also compares what the environment's plan creates with the quotas of its cloud
account and with what else is there: 'needs 3; others have 4 of 5'. It changes nothing in the cloud. Quotas that cannot be read are
listed as 'not checked'.`,
  arguments: environmentArguments,
  options: {},
  examples: ["promptops doctor production"],
  status: { 0: "nothing is missing", 1: "something is missing", 2: "a file or the command line is invalid" },
  async run({ folder, arguments: environments }) {
    return (await import("../doctor.ts")).doctor({ folder, environments });
  },
});
