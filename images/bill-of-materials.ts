import type { Package } from "./packages.ts";

/**
 * A CycloneDX 1.6 document of the packages in a bundle: a scanner that looks for node_modules finds none in the image. It has no
 * serial number and no time, so that equal bundles are equal bytes.
 */
export function billOfMaterials(service: string, packages: readonly Package[]): Buffer {
  const document = {
    $schema: "http://cyclonedx.org/schema/bom-1.6.schema.json",
    bomFormat: "CycloneDX",
    specVersion: "1.6",
    version: 1,
    metadata: { component: { type: "application", name: service } },
    components: packages.map(({ name, version, license }) => ({
      type: "library",
      "bom-ref": packageUrl(name, version),
      ...(name.startsWith("@") && { group: name.split("/")[0] }),
      name: name.split("/").at(-1),
      version,
      ...(license !== undefined && { licenses: [{ expression: license }] }),
      purl: packageUrl(name, version),
    })),
  };
  return Buffer.from(`${JSON.stringify(document, undefined, 2)}\n`);
}

/** https://github.com/package-url/purl-spec: a scope's '@' is encoded. */
const packageUrl = (name: string, version: string): string => `pkg:npm/${name.replace(/^@/, "%40")}@${version}`;
