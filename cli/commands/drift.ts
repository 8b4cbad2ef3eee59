import { defineCommand } from "../command.ts";
import { environmentArguments } from "./shared.ts";

export const drift = defineCommand({
  name: "drift",
  summary: "says what stands in the cloud otherwise than it was deployed",
  description: `Reads every resource of each environment's stack from its cloud and its cluster, and prints those that are gone or whose
inputs somebody else changed. Neither the cloud nor the stack's state is changed. What the program leaves to others, such as
the number of nodes, is no drift. Needs the Pulumi CLI, and the credentials of 'pulumi refresh'.`,
  arguments: environmentArguments,
  options: {},
  examples: ["promptops drift production"],
  status: { 0: "nothing drifted", 1: "something drifted", 2: "the call is wrong, or something cannot be read" },
  async run({ folder, arguments: environments }) {
    return (await import("../drift.ts")).drift({ folder, environments });
  },
});
