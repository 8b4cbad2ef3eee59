import { defineCommand } from "../command.ts";
import { releaseOption } from "./shared.ts";

export const render = defineCommand({
  name: "render",
  summary: "writes the Kubernetes objects of environments, and nothing else",
  description: `Renders the objects of each named environment into its own folder, one object per file. Removes stale manifests of earlier
runs. Refuses a folder that contains any other file, except Git's own.`,
  arguments: {
    usage: "<environment...>",
    description: "environments of this folder, each a Pulumi.<environment>.yaml; only one with --output",
    min: 1,
    max: Infinity,
  },
  options: {
    output: { type: "string", value: "FOLDER", description: "where to write", default: "dist/<environment>/manifests" },
    release: releaseOption,
  },
  examples: [
    "promptops render staging production",
    "promptops render production --output ../rendered-production",
    "promptops render staging --release sha-0a1b2c3d",
  ],
  status: { 0: "the objects are written", 2: "a file, the folder or the command line is invalid; nothing was written" },
  async run({ folder, arguments: environments, options }) {
    return (await import("../render.ts")).render({ folder, environments }, options);
  },
});
