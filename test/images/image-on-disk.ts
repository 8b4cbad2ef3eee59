import { execFileSync } from "node:child_process";
import { mkdirSync, mkdtempSync, readFileSync } from "node:fs";
import { join } from "node:path";
import { bundleImages, writeLayout } from "../../images/build.ts";
import { describeImage, type ReleaseSource } from "../../images/service-image.ts";
import type { Service } from "../../platform/service.ts";
import { root } from "../environments.ts";
import type { ImageOnDisk } from "../run-container.ts";

// eslint-disable-next-line @typescript-eslint/no-explicit-any -- what a test reads of a document no type leads to
export type Json = any;

export interface UnpackedImage extends ImageOnDisk {
  /** As its archive names it. */
  readonly name: string;
  readonly config: Json;
  readonly manifest: Json;
}

/** Unpacks an image layout with the system's tar: its layers over each other in a new folder inside of the one given. */
export function unpackLayout(tar: string, folder: string): UnpackedImage {
  const layout = mkdtempSync(join(folder, "layout-"));
  untar(tar, layout);
  const json = (path: string): Json => JSON.parse(readFileSync(join(layout, path), "utf8"));
  const blob = ({ digest }: { digest: string }): string => `blobs/${digest.replace(":", "/")}`;
  const [described] = json("index.json").manifests;
  const manifest = json(blob(described));
  const { config } = json(blob(manifest.config));
  const rootFolder = join(layout, "root");
  mkdirSync(rootFolder);
  for (const layer of manifest.layers) untar(join(layout, blob(layer)), rootFolder);
  return {
    name: described.annotations["io.containerd.image.name"],
    root: rootFolder,
    entrypoint: config.Entrypoint,
    env: Object.fromEntries(config.Env.map((variable: string) => variable.split(/=(.*)/s).slice(0, 2))),
    config,
    manifest,
  };
}

const untar = (tar: string, to: string): void => void execFileSync("tar", ["-xf", tar, "-C", to]);

/** Builds the images of services without a base and unpacks them: what a pod's container finds beside Node.js. By name. */
export async function imagesOnDisk(
  services: readonly Service[],
  source: ReleaseSource,
  folder: string,
): Promise<ReadonlyMap<string, UnpackedImage>> {
  const built = await bundleImages(
    root,
    services.map((service) => describeImage(service, source)),
  );
  const nothing = { version: process.versions.node, architecture: "amd64", entries: [] } as const;
  const found = new Map<string, UnpackedImage>();
  for (const each of built) {
    const tar = join(folder, `${each.image.service}.tar`);
    await writeLayout(tar, each, nothing);
    const unpacked = unpackLayout(tar, folder);
    found.set(unpacked.name, unpacked);
  }
  return found;
}
