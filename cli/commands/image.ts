import { defineCommand } from "../command.ts";
import { requireCheckout } from "../require-checkout.ts";
import { releaseOption } from "./shared.ts";

export const image = defineCommand({
  name: "image",
  summary: "builds the container images of services",
  description: `Bundles each service into one ES module, and packs it with Node.js as an OCI image layout, <service>.tar: without Docker,
without a registry, and the same bytes for the same sources. \`ctr images import\` and \`podman load\` take it. Node.js and its
libraries are those of this machine. With --docker it writes what \`docker buildx bake\` builds the same images from, for amd64
and arm64, on Node.js' official image. Name, version and labels are those of the manifests.`,
  arguments: {
    usage: "[service...]",
    description: "services of this folder; all of them when none is named",
    min: 0,
    max: Infinity,
  },
  options: {
    environment: {
      type: "string",
      value: "NAME",
      description: "whose registry and version the images get",
      default: "any, if all environments have the same",
    },
    release: releaseOption,
    output: { type: "string", value: "FOLDER", description: "where to write", default: "dist/images" },
    docker: { type: "boolean", description: "writes docker-bake.json, Dockerfiles and programs instead of layouts" },
    node: { type: "string", value: "FILE", description: "the Node.js of a layout", default: "the one that runs this" },
  },
  examples: [
    "promptops image",
    "promptops image api worker --environment production --output images",
    "promptops image --docker --environment staging --release sha-0a1b2c3d",
  ],
  status: { 0: "the images are written", 2: "a file or the call is wrong, or an image is over its limit" },
  async run({ folder, arguments: services, options }) {
    requireCheckout("image");
    return (await import("../image.ts")).writeImages({ folder, services, ...options });
  },
});
