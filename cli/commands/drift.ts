import { defineCommand } from "../command.ts";
import { environmentArguments } from "./shared.ts";

export const drift = defineCommand({
  name: "drift",
  summary: "shows resources that differ from what was deployed",
  description: `Reads every resource of each environment's stack from its cloud and its cluster, and prints those that were deleted or
whose inputs were changed outside Pulumi. Changes neither the cloud nor the stack's state. Inputs that the program ignores, such
as the number of nodes, are not drift. Needs the Pulumi CLI, and the credentials of 'pulumi refresh'.`,
  arguments: environmentArguments,
  options: {},
  examples: ["promptops drift production"],
  status: {
    0: "nothing drifted",
    1: "something drifted",
    2: "the command line is invalid, or a resource cannot be read",
  },
  async run({ folder, arguments: environments }) {
    return (await import("../drift.ts")).drift({ folder, environments });
  },
});
