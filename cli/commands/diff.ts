import { defineCommand } from "../command.ts";
import { jsonOption } from "./shared.ts";

export const diff = defineCommand({
  name: "diff",
  summary: "shows the differences between two plans, or two revisions of this repository",
  description: `Compares two plans: files or folders that \`promptops plan\` wrote, branches of \`promptops keep\`, or Git revisions. Each revision
is planned by its own code. If environments are named, only these are planned. The output starts with the effects of the
changes: connections opened or closed, permissions gained or lost, replicas, requests and limits, data that is replaced or
deleted, and what \`pulumi up\` does to the cloud.`,
  arguments: { usage: "<plan or revision> <plan or revision> [environment...]", min: 2, max: Infinity },
  options: { json: jsonOption, markdown: { type: "boolean", description: "prints Markdown for a pull request" } },
  examples: ["promptops diff dist/staging dist/production", "promptops diff main HEAD production --markdown"],
  status: { 0: "the plans were compared, whether or not they differ" },
  async run({ folder, arguments: [before = "", after = "", ...environments], options: { json, markdown } }) {
    const format = json ? "json" : markdown ? "markdown" : "text";
    return (await import("../diff.ts")).diff({ folder, before, after, environments }, format);
  },
});
