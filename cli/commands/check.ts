import { defineCommand } from "../command.ts";
import { cloudNamed, cloudOption, environmentArguments, jsonOption, provedStatus, prepareToPlan } from "./shared.ts";

export const check = defineCommand({
  name: "check",
  summary: "plans and proves environments, and writes nothing: for hooks and pull requests",
  description: `Plans and proves each environment like \`promptops plan\`, and prints what does not hold. Writes no file but the
reports that are asked for. BASE is what is deployed: a plan.json, what \`pulumi stack export\` wrote, a revision, or \`plans\` for the
branches that \`promptops keep\` makes.`,
  arguments: environmentArguments,
  options: {
    cloud: cloudOption,
    json: jsonOption,
    against: {
      type: "string",
      value: "BASE",
      description: "says what 'pulumi up' does to what is deployed, and judges it",
      default: "changes are not judged",
    },
    sarif: { type: "string", value: "FILE", description: "writes the findings as SARIF 2.1.0 too, for code scanning" },
    junit: {
      type: "string",
      value: "FILE",
      description: "writes the findings as JUnit XML too, for GitLab and Jenkins",
    },
  },
  examples: [
    "promptops check",
    "promptops check staging production",
    "promptops check production --against plans",
    "promptops check --sarif promptops.sarif --junit junit.xml",
  ],
  status: provedStatus,
  async run({ folder, arguments: environments, options: { cloud, against, ...output } }) {
    const chosen = cloudNamed(cloud);
    prepareToPlan();
    return (await import("../check.ts")).check({ folder, environments, cloud: chosen }, output, against);
  },
});
