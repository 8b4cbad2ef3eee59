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

export const plan = defineCommand({
  name: "plan",
  summary: "plans environments, proves the plans and writes them",
  description: `Runs the Pulumi program and renders the Kubernetes objects of each environment without accessing a cloud, proves that
they agree, and writes dist/<environment>: the objects in manifests/, plan.json, and on the local cloud kind.yaml.
dist/report.html shows all plans of the run. With --cloud, keys that apply only to the file's own cloud are ignored
(account, region, zones, network), and the plan is written to dist/<environment>.<cloud>.
With --against, the report also shows what differs from the deployed state.
${baseDescription}`,
  arguments: environmentArguments,
  options: { cloud: cloudOption, against: againstOption, json: jsonOption },
  examples: [
    "promptops plan",
    "promptops plan production --json",
    "promptops plan production --cloud linode",
    "promptops plan staging --against origin/main",
  ],
  status: { ...provedStatus, 2: "a file or the command line is invalid; nothing was written" },
  async run({ folder, arguments: environments, options: { cloud, against, json } }) {
    const chosen = cloudNamed(cloud);
    prepareToPlan(environments);
    return (await import("../plan.ts")).plan({ folder, environments, cloud: chosen }, json, against);
  },
});
