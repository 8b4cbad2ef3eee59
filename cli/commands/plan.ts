import { defineCommand } from "../command.ts";
import { cloudNamed, cloudOption, environmentArguments, jsonOption, provedStatus, prepareToPlan } from "./shared.ts";

export const plan = defineCommand({
  name: "plan",
  summary: "plans environments, proves the plans and writes them",
  description: `Runs the Pulumi program and renders the Kubernetes objects of each environment without a cloud, proves that they
agree, and writes dist/<environment>: the objects in manifests/, plan.json, and kind.yaml where the nodes are declared.
dist/report.html shows all plans of the call. With --cloud, what a file says of a place on its own cloud is left out
(account, region, zones, network), and the plan goes to dist/<environment>.<cloud>.`,
  arguments: environmentArguments,
  options: { cloud: cloudOption, json: jsonOption },
  examples: ["promptops plan", "promptops plan production --json", "promptops plan production --cloud linode"],
  status: { ...provedStatus, 2: "a file or the call is wrong; nothing was written" },
  async run({ folder, arguments: environments, options: { cloud, json } }) {
    const chosen = cloudNamed(cloud);
    prepareToPlan();
    return (await import("../plan.ts")).plan({ folder, environments, cloud: chosen }, json);
  },
});
