import { createHash } from "node:crypto";
import { execFileSync } from "node:child_process";
import {
  chmodSync,
  mkdirSync,
  mkdtempSync,
  readdirSync,
  readFileSync,
  rmSync,
  symlinkSync,
  utimesSync,
  writeFileSync,
} from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { afterEach, beforeEach, describe, expect, test } from "vitest";
import { type Image, writeOciLayout } from "../../images/oci-layout.ts";

let folder = "";
beforeEach(() => {
  folder = mkdtempSync(join(tmpdir(), "promptops-layout-"));
});
afterEach(() => {
  rmSync(folder, { recursive: true });
});

const config: Image["config"] = {
  entrypoint: ["/bin/hello"],
  cmd: ["serve"],
  env: { HOME: "/tmp" },
  user: "1000:1000",
  workdir: "/srv",
  labels: { "org.opencontainers.image.title": "hello" },
  ports: [8080],
};
const imageOf = (layers: Image["layers"], more: Partial<Image> = {}): Image => ({
  names: ["localhost:5000/tools/hello:v1.2.3"],
  architecture: "amd64",
  layers,
  config,
  ...more,
});
const file = (path: string, content: string): Image["layers"][number] => ({
  comment: path,
  content: [{ kind: "file", path, content: Buffer.from(content) }],
});

/** A folder with a program, a private file, a link and names that a header of 100 ASCII bytes cannot hold. */
function program(name: string): string {
  const root = join(folder, name);
  mkdirSync(join(root, "usr/lib", "d".repeat(90)), { recursive: true });
  mkdirSync(join(root, "bin"));
  mkdirSync(join(root, "tmp"));
  chmodSync(join(root, "tmp"), 0o1777);
  writeFileSync(join(root, "bin/hello"), "#!/bin/sh\n");
  chmodSync(join(root, "bin/hello"), 0o755);
  writeFileSync(join(root, "secret"), "s");
  chmodSync(join(root, "secret"), 0o600);
  writeFileSync(join(root, "usr/lib", "d".repeat(90), `${"f".repeat(90)}.so`), "library");
  writeFileSync(join(root, "usr/lib/naïve.txt"), "not ASCII");
  symlinkSync(`usr/lib/${"d".repeat(90)}/${"f".repeat(90)}.so`, join(root, "library"));
  return root;
}

const run = (program: string, ...args: string[]): string => execFileSync(program, args, { encoding: "utf8" });
const sha256 = (content: Uint8Array): string => `sha256:${createHash("sha256").update(content).digest("hex")}`;

// eslint-disable-next-line @typescript-eslint/no-explicit-any -- what a test reads of a document no type leads to
type Json = any;

/** Unpacks a layout with the system's tar, and reads it as the specification says, with each digest and size compared. */
function read(tar: string): { index: Json; manifest: Json; config: Json; layers: string[]; blobs: number } {
  const to = mkdtempSync(join(folder, "read-"));
  run("tar", "-xf", tar, "-C", to);
  const json = (path: string): Json => JSON.parse(readFileSync(join(to, path), "utf8"));
  const blob = ({ digest, size }: { digest: string; size: number }): string => {
    const path = `blobs/${digest.replace(":", "/")}`;
    const content = readFileSync(join(to, path));
    expect({ digest: sha256(content), size: content.length }).toEqual({ digest, size });
    return path;
  };
  expect(json("oci-layout")).toEqual({ imageLayoutVersion: "1.0.0" });
  const index = json("index.json");
  const manifest = json(blob(index.manifests[0]));
  return {
    index,
    manifest,
    config: json(blob(manifest.config)),
    layers: manifest.layers.map((layer: Json) => join(to, blob(layer))),
    blobs: readdirSync(join(to, "blobs/sha256")).length,
  };
}

describe("an OCI layout", () => {
  test("has the media types of the specification, and blobs that are what their descriptors say", async () => {
    const tar = join(folder, "hello.tar");
    const { digest, size } = await writeOciLayout(tar, imageOf([{ comment: "program", content: program("one") }]));
    const { index, manifest, config: written, layers, blobs } = read(tar);
    expect(index.schemaVersion).toBe(2);
    expect(index.mediaType).toBe("application/vnd.oci.image.index.v1+json");
    expect(index.manifests).toEqual([
      {
        mediaType: "application/vnd.oci.image.manifest.v1+json",
        digest,
        size: expect.any(Number),
        platform: { architecture: "amd64", os: "linux" },
        annotations: {
          "io.containerd.image.name": "localhost:5000/tools/hello:v1.2.3",
          "org.opencontainers.image.ref.name": "v1.2.3",
        },
      },
    ]);
    expect(manifest.mediaType).toBe("application/vnd.oci.image.manifest.v1+json");
    expect(manifest.config.mediaType).toBe("application/vnd.oci.image.config.v1+json");
    expect(manifest.layers).toEqual([
      { mediaType: "application/vnd.oci.image.layer.v1.tar", digest: expect.any(String), size },
    ]);
    expect(written).toEqual({
      architecture: "amd64",
      os: "linux",
      config: {
        User: "1000:1000",
        ExposedPorts: { "8080/tcp": {} },
        Env: ["HOME=/tmp"],
        Entrypoint: ["/bin/hello"],
        Cmd: ["serve"],
        WorkingDir: "/srv",
        Labels: { "org.opencontainers.image.title": "hello" },
      },
      rootfs: { type: "layers", diff_ids: [sha256(readFileSync(layers[0] ?? ""))] },
      history: [{ created_by: "program" }],
    });
    expect(blobs).toBe(3);
  });

  test("has the folder's files, permissions and links, all of root, for the system's tar", async () => {
    const root = program("one");
    const tar = join(folder, "hello.tar");
    await writeOciLayout(tar, imageOf([{ comment: "program", content: root }]));
    const [layer = ""] = read(tar).layers;
    const to = join(folder, "unpacked");
    mkdirSync(to);
    run("tar", "-xpf", layer, "-C", to);
    expect(run("diff", "--recursive", "--no-dereference", root, to)).toBe("");
    const listed = run("tar", "--numeric-owner", "-tvf", layer).trimEnd().split("\n");
    expect(listed.filter((line) => !/ 0[/ ]+0 /.test(line))).toEqual([]);
    const modes = Object.fromEntries(
      listed.map((line) => [
        line.split(" ").find((part) => /^(bin\/hello|secret|tmp\/)$/.test(part)) ?? "",
        line.split(" ")[0],
      ]),
    );
    expect(modes).toMatchObject({ "bin/hello": "-rwxr-xr-x", secret: "-rw-------", "tmp/": "drwxrwxrwt" });
  });

  test("is the same bytes for the same content, whenever and in whichever order its files were written", async () => {
    const one = program("one");
    const two = program("two");
    utimesSync(join(two, "bin/hello"), 1, 1);
    rmSync(join(two, "secret"));
    writeFileSync(join(two, "secret"), "s", { mode: 0o600 });
    const [a, b] = [join(folder, "a.tar"), join(folder, "b.tar")];
    const written = await writeOciLayout(a, imageOf([{ comment: "program", content: one }]));
    expect(await writeOciLayout(b, imageOf([{ comment: "program", content: two }]))).toEqual(written);
    expect(readFileSync(a).equals(readFileSync(b))).toBe(true);
    writeFileSync(join(two, "secret"), "t");
    expect((await writeOciLayout(b, imageOf([{ comment: "program", content: two }]))).digest).not.toBe(written.digest);
  });

  test("keeps equal layers once, and names one image as often as it is asked to", async () => {
    const tar = join(folder, "hello.tar");
    const names: Image["names"] = ["example.org/a:v1", "example.org/b:v2"];
    await writeOciLayout(tar, imageOf([file("x", "1"), file("x", "1")], { names }));
    const { index, manifest, blobs } = read(tar);
    expect(manifest.layers).toHaveLength(2);
    expect(blobs).toBe(3);
    expect(index.manifests.map((each: Json) => each.annotations["io.containerd.image.name"])).toEqual(names);
    expect(new Set(index.manifests.map((each: Json) => each.digest)).size).toBe(1);
  });
});

describe("what cannot be packed", () => {
  test.each([
    ["an absolute path", "/etc/passwd", /'\/etc\/passwd' cannot be packed/],
    ["a path that climbs", "a/../../b", /cannot be packed/],
    ["a path with an empty part", "a//b", /cannot be packed/],
  ])("%s is refused, and no archive is left", async (_, path, message) => {
    const tar = join(folder, "out", "hello.tar");
    await expect(writeOciLayout(tar, imageOf([file(path, "")]))).rejects.toThrow(message);
    expect(() => readFileSync(tar)).toThrow();
  });

  test("two entries of one path are refused", async () => {
    const entry = { kind: "file", path: "a", content: Buffer.from("") } as const;
    const layer = { comment: "", content: [entry, entry] };
    await expect(writeOciLayout(join(folder, "a.tar"), imageOf([layer]))).rejects.toThrow("'a' is packed twice");
  });

  test("a source with another size than it says is refused, and no archive is left", async () => {
    // eslint-disable-next-line @typescript-eslint/require-await -- a source is read asynchronously
    const read = async function* (): AsyncGenerator<Buffer> {
      yield Buffer.from("four");
    };
    const layer = { comment: "", content: [{ kind: "file", path: "a", content: { size: 3, read } } as const] };
    await expect(writeOciLayout(join(folder, "a.tar"), imageOf([layer]))).rejects.toThrow(
      /a changed .*3 bytes, then 4/,
    );
    expect(readdirSync(folder)).toEqual([]);
  });

  test.each(["hello", "example.org/hello", "localhost:5000/hello", "example.org/hello@sha256:0", "example.org/hello:"])(
    "the name %s has no tag",
    async (name) => {
      const image = imageOf([file("a", "")], { names: [name] });
      await expect(writeOciLayout(join(folder, "a.tar"), image)).rejects.toThrow(/must be registry\/repository:tag/);
    },
  );
});
