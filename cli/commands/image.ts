import { defineCommand } from "../command.ts";
import { requireCheckout } from "../require-checkout.ts";
import { releaseOption } from "./shared.ts";

export const image = defineCommand({
  name: "image",
  summary: "builds the container images of services",
  description: `Bundles each service into one ES module, and packs it with Node.js as an OCI image layout, <service>.tar. This needs neither
Docker nor a registry, and the same sources give the same bytes. \`ctr images import\` and \`podman load\` can read the file. Node.js
and its libraries come from this machine. With --docker it writes the input of \`docker buildx bake\`, which builds the same images
for amd64 and arm64 on Node.js' official image. Names, versions and labels are those in the manifests.`,
  arguments: {
    usage: "[service...]",
    description: "services of this folder; all of them by default",
    min: 0,
    max: Infinity,
  },
  options: {
    environment: {
      type: "string",
      value: "NAME",
      description: "the environment with the images' registry and version",
      default: "any, if they are the same in all",
    },
    release: releaseOption,
    output: { type: "string", value: "FOLDER", description: "where to write", default: "dist/images" },
    docker: { type: "boolean", description: "writes docker-bake.json, Dockerfiles and programs instead of layouts" },
    node: {
      type: "string",
      value: "FILE",
      description: "the Node.js to put into image layouts",
      default: "the running one",
    },
  },
  examples: [
    "promptops image",
    "promptops image api worker --environment production --output images",
    "promptops image --docker --environment staging --release sha-0a1b2c3d",
  ],
  status: { 0: "the images are written", 2: "a file or the command line is invalid, or an image is too large" },
  async run({ folder, arguments: services, options }) {
    requireCheckout("image");
    return (await import("../image.ts")).writeImages({ folder, services, ...options });
  },
});
