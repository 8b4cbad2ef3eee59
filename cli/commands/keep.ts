import { defineCommand } from "../command.ts";
import { prepareToPlan } from "./shared.ts";

export const keep = defineCommand({
  name: "keep",
  summary: "commits the plan of a deployed environment to a branch, as the base of the next check",
  description: `Plans each named environment and commits plan.json to its branch \`plans/<environment>\`, which holds nothing else. The working
tree is not changed. Run it after a successful \`pulumi up\`; \`promptops check --against plans\` compares with it.`,
  arguments: {
    usage: "<environment...>",
    description: "environments of this folder, each a Pulumi.<environment>.yaml",
    min: 1,
    max: Infinity,
  },
  options: {},
  examples: ["promptops keep production"],
  status: { 0: "the plans are committed, or are unchanged", 2: "a file or the command line is invalid" },
  async run({ folder, arguments: environments }) {
    prepareToPlan(environments);
    return (await import("../keep.ts")).keep(folder, environments);
  },
});
