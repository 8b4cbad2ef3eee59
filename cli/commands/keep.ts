import { defineCommand } from "../command.ts";
import { prepareToPlan } from "./shared.ts";

export const keep = defineCommand({
  name: "keep",
  summary: "commits the plan of what was deployed to a branch, to judge the next change by",
  description: `Plans each named environment and commits plan.json to its branch \`plans/<environment>\`, which holds nothing else. The working
tree stays as it is. Call it after \`pulumi up\` succeeded; \`promptops check --against plans\` compares with it.`,
  arguments: {
    usage: "<environment...>",
    description: "environments of this folder, each a Pulumi.<environment>.yaml",
    min: 1,
    max: Infinity,
  },
  options: {},
  examples: ["promptops keep production"],
  status: { 0: "the plans are committed, or were already", 2: "a file or the call is wrong" },
  async run({ folder, arguments: environments }) {
    prepareToPlan();
    return (await import("../keep.ts")).keep(folder, environments);
  },
});
