import { apiServer } from "../../plan/api-server.ts";
import { defineCommand } from "../command.ts";
import {
  cloudNamed,
  cloudOption,
  environmentArguments,
  jsonOption,
  provedStatus,
  requireHeavyPackages,
} from "./shared.ts";

export const check = defineCommand({
  name: "check",
  summary: "plans and proves environments, and writes nothing: for hooks and pull requests",
  description:
    "Plans and proves each environment like `promptops plan`, writes no file, and prints what does not hold.",
  arguments: environmentArguments,
  options: { cloud: cloudOption, json: jsonOption },
  examples: ["promptops check", "promptops check staging production"],
  status: provedStatus,
  async run({ folder, arguments: environments, options: { cloud, json } }) {
    const chosen = cloudNamed(cloud);
    // Starts in threads while the packages load here.
    apiServer();
    requireHeavyPackages();
    return (await import("../check.ts")).check({ folder, environments, cloud: chosen }, json);
  },
});
