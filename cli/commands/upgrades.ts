import { defineCommand } from "../command.ts";
import { environmentArguments, jsonOption } from "./shared.ts";

export const upgrades = defineCommand({
  name: "upgrades",
  summary: "lists outdated versions",
  description: `Compares the versions of Kubernetes, Postgres and add-ons in each environment's file with those that this release lists,
and prints the next version and its key. It does not access the network: versions newer than this release are unknown.`,
  arguments: environmentArguments,
  options: { json: jsonOption },
  examples: ["promptops upgrades", "promptops upgrades production --json"],
  status: { 0: "nothing is outdated", 1: "something is outdated", 2: "a file or the command line is invalid" },
  async run({ folder, arguments: environments, options: { json } }) {
    return (await import("../upgrades.ts")).upgrades({ folder, environments }, json);
  },
});
