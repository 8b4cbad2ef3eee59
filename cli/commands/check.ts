import { defineCommand } from "../command.ts";
import { cloudNamed, cloudOption, environmentArguments, jsonOption, provedStatus, prepareToPlan } from "./shared.ts";

export const check = defineCommand({
  name: "check",
  summary: "plans and proves environments without writing them: for hooks and pull requests",
  description: `Plans and proves each environment like \`promptops plan\`, and prints the failures. Writes only the requested reports.
BASE is the deployed state: a plan.json, the output of \`pulumi stack export\`, a revision, or \`plans\` for the branches that
\`promptops keep\` creates.`,
  arguments: environmentArguments,
  options: {
    cloud: cloudOption,
    json: jsonOption,
    against: {
      type: "string",
      value: "BASE",
      description: "prints and checks what 'pulumi up' does to the deployed resources",
      default: "changes are not checked",
    },
    sarif: { type: "string", value: "FILE", description: "also writes the findings as SARIF 2.1.0, for code scanning" },
    junit: {
      type: "string",
      value: "FILE",
      description: "also writes the findings as JUnit XML, for GitLab and Jenkins",
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
    prepareToPlan(environments);
    return (await import("../check.ts")).check({ folder, environments, cloud: chosen }, output, against);
  },
});
