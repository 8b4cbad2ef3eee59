import { defineCommand } from "../command.ts";
import {
  againstOption,
  baseDescription,
  cloudNamed,
  cloudOption,
  environmentArguments,
  jsonOption,
  provedStatus,
  prepareToPlan,
} from "./shared.ts";

export const check = defineCommand({
  name: "check",
  summary: "plans and proves environments without writing them: for hooks and pull requests",
  description: `Plans and proves each environment like \`promptops plan\`, and prints the failures. Writes only the requested reports.
${baseDescription}`,
  arguments: environmentArguments,
  options: {
    cloud: cloudOption,
    json: jsonOption,
    against: againstOption,
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
