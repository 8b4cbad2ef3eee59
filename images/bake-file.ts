import { architectures } from "./oci-layout.ts";
import type { ServiceImage } from "./service-image.ts";

/** The file of `docker buildx bake`: one target per service, whose context is the folder of its name beside the file. */
export function bakeFile(images: readonly ServiceImage[]): string {
  const file = {
    group: { default: { targets: images.map(({ service }) => service) } },
    target: Object.fromEntries(images.map((image) => [image.service, targetOf(image)])),
  };
  return `${JSON.stringify(file, undefined, 2)}\n`;
}

const targetOf = ({ service, name }: ServiceImage): object => ({
  context: service,
  dockerfile: "Dockerfile",
  platforms: architectures.map((architecture) => `linux/${architecture}`),
  tags: [name],
  // BuildKit dates what it writes by this, not by the clock: the same program gives the same image.
  args: { SOURCE_DATE_EPOCH: "0" },
  attest: [{ type: "provenance", mode: "max" }, { type: "sbom" }],
});
