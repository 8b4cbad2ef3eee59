import { createHash } from "node:crypto";
import { createWriteStream, mkdirSync, renameSync, rmSync } from "node:fs";
import { dirname } from "node:path";
import { pipeline } from "node:stream/promises";
import { readFolder, type Source, type TarEntry, writeTar } from "./tar.ts";

/** A container image for one architecture. */
export interface Image {
  /** `registry/repository:tag`, one or more for the same image. */
  readonly names: readonly [string, ...string[]];
  /** As Go and OCI name it. */
  readonly architecture: Architecture;
  /** The lowest first: a file of a later layer replaces that of an earlier one. */
  readonly layers: readonly Layer[];
  readonly config: ImageConfig;
}

export const architectures = ["amd64", "arm64"] as const;
export type Architecture = (typeof architectures)[number];

export interface Layer {
  /** What is in it, for `history`. */
  readonly comment: string;
  /** A folder whose content becomes the image's root, or the entries themselves. */
  readonly content: string | readonly TarEntry[];
}

/** What a container runs, unless its pod says otherwise. */
export interface ImageConfig {
  readonly entrypoint: readonly string[];
  /** Arguments that a pod's `args` replace. @default - none */
  readonly cmd?: readonly string[];
  /** @default - none */
  readonly env?: Readonly<Record<string, string>>;
  /** `uid`, `uid:gid` or a name of /etc/passwd. @default - root */
  readonly user?: string;
  /** @default "/" */
  readonly workdir?: string;
  /** @default - none */
  readonly labels?: Readonly<Record<string, string>>;
  /** Ports by number, for whoever reads the image: they open nothing. @default - none */
  readonly ports?: readonly number[];
}

export interface WrittenImage {
  /** Of the manifest: what a registry and a node know the image by. */
  readonly digest: string;
  /** Bytes of all layers, which are not compressed. */
  readonly size: number;
  readonly layers: readonly Descriptor[];
}

export interface Descriptor {
  readonly mediaType: string;
  readonly digest: string;
  /** Bytes. */
  readonly size: number;
}

const mediaTypes = {
  index: "application/vnd.oci.image.index.v1+json",
  manifest: "application/vnd.oci.image.manifest.v1+json",
  config: "application/vnd.oci.image.config.v1+json",
  layer: "application/vnd.oci.image.layer.v1.tar",
} as const;

/**
 * Writes an image as an OCI image layout (version 1.0.0) in one tar archive, which `ctr images import`, `podman load` and
 * `skopeo copy oci-archive:` read. It needs neither Docker nor a registry. The same image gives the same bytes on every machine.
 * Layers are read twice and never held in memory. Throws when a file changes its size in between; then no archive is left behind.
 */
export async function writeOciLayout(file: string, image: Image): Promise<WrittenImage> {
  const layers: Blob[] = [];
  for (const { content } of image.layers) {
    const entries = typeof content === "string" ? readFolder(content) : content;
    layers.push(await describeLayer(() => writeTar(entries)));
  }
  const config = describeJson(mediaTypes.config, configOf(image, layers));
  const manifest = describeJson(mediaTypes.manifest, {
    schemaVersion: 2,
    mediaType: mediaTypes.manifest,
    config: descriptorOf(config),
    layers: layers.map(descriptorOf),
  });
  const index = {
    schemaVersion: 2,
    mediaType: mediaTypes.index,
    manifests: image.names.map((name) => ({
      ...descriptorOf(manifest),
      platform: { architecture: image.architecture, os: "linux" },
      annotations: { "io.containerd.image.name": name, "org.opencontainers.image.ref.name": tagOf(name) },
    })),
  };
  mkdirSync(dirname(file), { recursive: true });
  const unfinished = `${file}.unfinished`;
  try {
    await pipeline(writeLayout(index, [...layers, config, manifest]), createWriteStream(unfinished));
    renameSync(unfinished, file);
  } finally {
    rmSync(unfinished, { force: true });
  }
  return {
    digest: manifest.digest,
    size: layers.reduce((sum, { size }) => sum + size, 0),
    layers: layers.map(descriptorOf),
  };
}

/** What follows the last colon. Throws when that is no tag: a port is followed by a path. */
function tagOf(name: string): string {
  const [, tag] = /^[^:@]+(?::\d+\/[^:@]+)?:([\w][\w.-]{0,127})$/.exec(name) ?? [];
  if (tag === undefined) throw new Error(`'${name}' must be registry/repository:tag.`);
  return tag;
}

type Blob = Descriptor & { readonly content: Uint8Array | Source };

const descriptorOf = ({ mediaType, digest, size }: Descriptor): Descriptor => ({ mediaType, digest, size });

async function describeLayer(read: () => AsyncIterable<Buffer>): Promise<Blob> {
  const hash = createHash("sha256");
  let size = 0;
  for await (const piece of read()) {
    hash.update(piece);
    size += piece.length;
  }
  return { mediaType: mediaTypes.layer, digest: `sha256:${hash.digest("hex")}`, size, content: { size, read } };
}

function describeJson(mediaType: string, value: object): Blob {
  const content = Buffer.from(JSON.stringify(value));
  const digest = `sha256:${createHash("sha256").update(content).digest("hex")}`;
  return { mediaType, digest, size: content.length, content };
}

function configOf({ architecture, config, layers }: Image, described: readonly Descriptor[]): object {
  const { entrypoint, cmd, env = {}, user, workdir = "/", labels, ports = [] } = config;
  return {
    architecture,
    os: "linux",
    config: {
      ...(user !== undefined && { User: user }),
      ...(ports.length > 0 && { ExposedPorts: Object.fromEntries(ports.map((port) => [`${port}/tcp`, {}])) }),
      Env: Object.entries(env).map(([name, value]) => `${name}=${value}`),
      Entrypoint: entrypoint,
      ...(cmd && { Cmd: cmd }),
      WorkingDir: workdir,
      ...(labels && { Labels: labels }),
    },
    // The layers are not compressed, so that the digest of each is that of its content.
    rootfs: { type: "layers", diff_ids: described.map(({ digest }) => digest) },
    history: layers.map(({ comment }) => ({ created_by: comment })),
  };
}

function writeLayout(index: object, blobs: readonly Blob[]): AsyncGenerator<Buffer> {
  const asJson = (value: object): Buffer => Buffer.from(JSON.stringify(value));
  // Two layers may be equal.
  const byPath = new Map(blobs.map(({ digest, content }) => [`blobs/${digest.replace(":", "/")}`, content]));
  byPath.set("index.json", asJson(index)).set("oci-layout", asJson({ imageLayoutVersion: "1.0.0" }));
  return writeTar([...byPath].map(([path, content]) => ({ kind: "file", path, content })));
}
