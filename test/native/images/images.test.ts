import { execFileSync, spawnSync } from "node:child_process";
import { createHash } from "node:crypto";
import { mkdirSync, mkdtempSync, readFileSync, rmSync, writeFileSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { afterAll, beforeAll, describe, expect, test } from "vitest";
import { type BuiltImage, bundleImages, writeBakeFolder, writeLayout } from "../../../images/build.ts";
import { BASE_ENV, type NodeBase, readNodeBase } from "../../../images/node-base.ts";
import { architectures, writeOciLayout } from "../../../images/oci-layout.ts";
import { describeImage, NODE_IMAGE } from "../../../images/service-image.ts";
import { environment, root, services } from "../../environments.ts";
import { type Json, type UnpackedImage, unpackLayout } from "../../images/image-on-disk.ts";
import { type Daemon, startDaemon } from "./daemon.ts";
import { ensureBuildKit } from "./programs.ts";

const TAG = NODE_IMAGE.split(":").at(-1) ?? "";
/** As BuildKit looks a name up among the contexts that it is given. */
const FAMILIAR = NODE_IMAGE.replace("docker.io/library/", "");
const api = services.filter(({ name }) => name === "api");

let folder = "";
let base: NodeBase;
let built: BuiltImage;
let layout = "";
let unpacked: UnpackedImage;
const daemons: Daemon[] = [];

beforeAll(async () => {
  folder = mkdtempSync(join(tmpdir(), "promptops-images-"));
  base = readNodeBase(process.execPath);
  [built] = (await bundleImages(
    root,
    api.map((service) => describeImage(service, environment("production"), "f".repeat(40))),
  )) as [BuiltImage];
  layout = join(folder, "api.tar");
  await writeLayout(layout, built, base);
  unpacked = unpackLayout(layout, folder);
});
afterAll(async () => {
  for (const daemon of daemons) await daemon.stop();
  rmSync(folder, { recursive: true, force: true });
});

const run = (program: string, args: readonly string[], options: object = {}): string =>
  execFileSync(program, args, { encoding: "utf8", stdio: ["ignore", "pipe", "pipe"], maxBuffer: 2 ** 28, ...options });

/** The program of an image as user 1000, with the image's files and nothing else of this machine. */
function runInside(
  { root: files, entrypoint, config }: UnpackedImage,
  ...args: string[]
): { code: number | null; err: string } {
  const [program = "", ...own] = entrypoint;
  const path = `/usr/local/bin/${program}`;
  const { status, stderr } = spawnSync("chroot", [`--userspec=${config.User}`, files, path, ...own, ...args], {
    encoding: "utf8",
    env: { PATH: process.env["PATH"] },
  });
  return { code: status, err: stderr };
}

describe("an image that was made without Docker", () => {
  test("has all that its program loads: it starts as its user in the image's files", () => {
    const { code, err } = runInside(unpacked, "bogus");
    expect(err).toMatch(/^Service 'api' does not know the arguments 'bogus'\./);
    expect(code).toBe(2);
    rmSync(join(unpacked.root, "lib64"), { recursive: true });
    expect(runInside(unpacked, "bogus").code).not.toBe(2);
  });

  test("is imported, unpacked and found complete by containerd, under the name of the manifests", async () => {
    const address = join(folder, "containerd.sock");
    const config = join(folder, "containerd.toml");
    writeFileSync(
      config,
      [
        "version = 2",
        `root = "${join(folder, "containerd")}"`,
        `state = "${join(folder, "containerd-state")}"`,
        'disabled_plugins = ["io.containerd.grpc.v1.cri"]',
        `[grpc]\naddress = "${address}"`,
        `[ttrpc]\naddress = "${address}.ttrpc"`,
      ].join("\n"),
    );
    const ctr = (...args: string[]): string => run("ctr", ["--address", address, ...args]);
    daemons.push(await startDaemon("containerd", ["--config", config], () => ctr("version")));
    ctr("images", "import", "--snapshotter", "native", layout);
    const { name } = built.image;
    expect(ctr("images", "list", "--quiet").trim()).toBe(name);
    const listed = ctr("images", "check", "--snapshotter", "native").trim().split("\n").at(-1)?.split(/ +/) ?? [];
    expect(listed.slice(0, 2)).toEqual([name, "application/vnd.oci.image.manifest.v1+json"]);
    expect(listed).toContain("complete");
    expect(listed.at(-1)).toBe("true");
  });
});

/** The pinned base image for all architectures, as a layout on disk: this machine's Node.js stands for each. */
async function baseLayout(to: string): Promise<void> {
  mkdirSync(to, { recursive: true });
  const descriptors = [];
  for (const architecture of architectures) {
    const tar = join(folder, `base-${architecture}.tar`);
    const layers = [{ comment: "base", content: base.entries }];
    const config = { entrypoint: ["docker-entrypoint.sh"], cmd: ["node"], env: BASE_ENV };
    await writeOciLayout(tar, { names: [NODE_IMAGE], architecture, layers, config });
    run("tar", ["-xf", tar, "-C", to]);
    descriptors.push(
      ...(JSON.parse(readFileSync(join(to, "index.json"), "utf8")) as { manifests: object[] }).manifests,
    );
  }
  const mediaType = "application/vnd.oci.image.index.v1+json";
  const content = Buffer.from(JSON.stringify({ schemaVersion: 2, mediaType, manifests: descriptors }));
  const hash = createHash("sha256").update(content).digest("hex");
  writeFileSync(join(to, "blobs/sha256", hash), content);
  const annotations = { "org.opencontainers.image.ref.name": TAG };
  const manifests = [{ mediaType, digest: `sha256:${hash}`, size: content.length, annotations }];
  writeFileSync(join(to, "index.json"), JSON.stringify({ schemaVersion: 2, manifests }));
}

describe("what docker buildx bake builds from docker-bake.json", () => {
  const exported = (): string => join(folder, "exported");
  const blob = ({ digest }: { digest: string }): Json =>
    JSON.parse(readFileSync(join(exported(), "blobs", digest.replace(":", "/")), "utf8"));

  beforeAll(async () => {
    const { buildkitd, buildx } = await ensureBuildKit();
    const address = `unix://${join(folder, "buildkitd.sock")}`;
    const env = { ...process.env, BUILDX_CONFIG: join(folder, "buildx"), BUILDX_BAKE_ENTITLEMENTS_FS: "0" };
    const flags = ["--oci-worker-snapshotter=native", "--containerd-worker=false"];
    const state = ["--root", join(folder, "buildkit"), "--addr", address];
    run(buildx, ["create", "--name", "images", "--driver", "remote", address], { env });
    daemons.push(
      await startDaemon(buildkitd, [...state, ...flags], () =>
        run(buildx, ["inspect", "--timeout", "1s", "images"], { env }),
      ),
    );
    const contexts = join(folder, "bake");
    writeBakeFolder(contexts, [built]);
    const node = join(folder, "node");
    await baseLayout(node);
    // No registry is reached: the base comes from a folder, and the scanner of the bill of materials is an image too.
    const contextsOf = { [FAMILIAR]: `oci-layout://${node}:${TAG}` };
    const output = [`type=oci,dest=${exported()}.tar`];
    writeFileSync(join(contexts, "here.json"), JSON.stringify({ target: { api: { contexts: contextsOf, output } } }));
    const files = ["--file", "docker-bake.json", "--file", "here.json"];
    run(buildx, ["bake", "--builder", "images", "--sbom=false", ...files], { cwd: contexts, env });
    mkdirSync(exported());
    run("tar", ["-xf", `${exported()}.tar`, "-C", exported()]);
  });

  test("is an image for amd64 and arm64 with a provenance each, under the name of the manifests", () => {
    const { manifests } = JSON.parse(readFileSync(join(exported(), "index.json"), "utf8"));
    expect(manifests[0].annotations["io.containerd.image.name"]).toBe(built.image.name);
    const index = blob(manifests[0]);
    const platforms = index.manifests.map(({ platform }: Json) => `${platform.os}/${platform.architecture}`);
    expect(platforms.slice(0, 2)).toEqual(["linux/amd64", "linux/arm64"]);
    const attested = index.manifests.filter(({ annotations }: Json) => annotations?.["vnd.docker.reference.type"]);
    expect(attested).toHaveLength(2);
    for (const each of attested) {
      const [layer] = blob(each).layers;
      expect(layer.annotations["in-toto.io/predicate-type"]).toMatch(/^https:\/\/slsa\.dev\/provenance\//);
    }
  });

  test.each(architectures)(
    "has on %s the program, entry point, user, environment and labels of the layout",
    (architecture) => {
      const { manifests } = JSON.parse(readFileSync(join(exported(), "index.json"), "utf8"));
      const found = blob(manifests[0]).manifests.find(({ platform }: Json) => platform.architecture === architecture);
      const manifest = blob(found);
      const { config } = blob(manifest.config);
      const { Labels, ...expected } = unpacked.config;
      const { "org.opencontainers.image.base.name": _, ...labels } = Labels;
      expect(config).toEqual({ ...expected, Labels: labels });
      const files = mkdtempSync(join(folder, "files-"));
      for (const { digest } of manifest.layers)
        run("tar", ["-xf", join(exported(), "blobs", digest.replace(":", "/")), "-C", files]);
      expect(run("diff", ["--recursive", join(unpacked.root, "app"), join(files, "app")])).toBe("");
      const modes = (at: string): string => run("find", [".", "-printf", "%p %m %U:%G\\n"], { cwd: join(at, "app") });
      expect(modes(files).split("\n").toSorted()).toEqual(modes(unpacked.root).split("\n").toSorted());
    },
  );
});
