import { defineCommand } from "../command.ts";
import { releaseOption } from "./shared.ts";

export const render = defineCommand({
  name: "render",
  summary: "writes the Kubernetes objects of environments, and nothing else",
  description: `Renders the objects of each named environment into a folder of their own, one object per file. Manifests of earlier
runs that no object accounts for are removed. A folder that holds any other file is refused, except for Git's own.`,
  arguments: {
    usage: "<environment...>",
    description: "environments of this folder, each a Pulumi.<environment>.yaml; one with --output",
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
  status: { 0: "the objects are written", 2: "a file, the folder or the call is wrong; nothing was written" },
  async run({ folder, arguments: environments, options }) {
    return (await import("../render.ts")).render({ folder, environments }, options);
  },
});
