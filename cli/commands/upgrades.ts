import { defineCommand } from "../command.ts";
import { environmentArguments, jsonOption } from "./shared.ts";

export const upgrades = defineCommand({
  name: "upgrades",
  summary: "lists versions that are behind",
  description: `Compares the versions of Kubernetes, Postgres and add-ons in each environment's file with those that this release lists,
and names the next one to take and its key. Nothing is asked of a network: a version that is newer than this release is not known.`,
  arguments: environmentArguments,
  options: { json: jsonOption },
  examples: ["promptops upgrades", "promptops upgrades production --json"],
  status: { 0: "nothing is behind", 1: "something is behind", 2: "a file or the call is wrong" },
  async run({ folder, arguments: environments, options: { json } }) {
    return (await import("../upgrades.ts")).upgrades({ folder, environments }, json);
  },
});
