import { cpSync, existsSync, mkdtempSync, readdirSync, readFileSync, rmSync, statSync, writeFileSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { afterAll, beforeAll, describe, expect, test } from "vitest";
import { dockerfile } from "../../images/dockerfile.ts";
import { describeImage } from "../../images/service-image.ts";
import { environment, environmentSource, root, services } from "../environments.ts";
import { unpackLayout } from "../images/image-on-disk.ts";
import { promptops } from "../cli/promptops.ts";

let folder = "";
beforeAll(() => {
  folder = mkdtempSync(join(tmpdir(), "promptops-image-"));
  for (const name of ["production", "development"])
    cpSync(join(root, `Pulumi.${name}.yaml`), join(folder, `Pulumi.${name}.yaml`));
});
afterAll(() => {
  rmSync(folder, { recursive: true });
});

const NAME = "model-simulator";
const described = (): ReturnType<typeof describeImage> =>
  describeImage(services.find(({ name }) => name === NAME) as (typeof services)[number], environment("production"));

describe("promptops image", () => {
  test.skipIf(process.platform !== "linux")(
    "packs a service with this machine's Node.js, twice the same, and prints sizes and digests",
    async () => {
      const { code, out, err } = await promptops(["image", NAME], folder);
      expect([code, err]).toEqual([0, ""]);
      expect(out).toMatch(
        /^ghcr\.io\/promptops\/model-simulator:v0\.1\.0\n {2}program {2}\d+\.\d MiB {2}sha256:[0-9a-f]{64}\n {2}image {4}\d+\.\d MiB {2}sha256:[0-9a-f]{64}\n/,
      );
      expect(out).toContain(`Node.js ${process.versions.node}`);
      expect(out).toMatch(/written to dist\/images\n$/);
      const tar = join(folder, "dist/images", `${NAME}.tar`);
      const again = await promptops(["image", NAME, "--environment", "production", "--output", "again"], folder);
      expect(again.out.split("\n").slice(0, 3)).toEqual(out.split("\n").slice(0, 3));
      expect(readFileSync(join(folder, "again", `${NAME}.tar`)).equals(readFileSync(tar))).toBe(true);

      const { name, config, root: files } = unpackLayout(tar, folder);
      const { config: expected } = described();
      expect(name).toBe(described().name);
      expect(config.Entrypoint).toEqual(expected.entrypoint);
      expect(config.User).toBe(expected.user);
      expect(config.Env).toContain("NODE_ENV=production");
      expect(config.Labels).toMatchObject(expected.labels);
      expect(statSync(join(files, "usr/local/bin/node")).size).toBe(statSync(process.execPath).size);
      expect(readdirSync(join(files, "app")).toSorted()).toEqual([
        "bill-of-materials.cdx.json",
        "main.js",
        "main.js.map",
        "package.json",
      ]);
    },
  );

  test("writes what docker buildx bake reads: a target per service, and contexts with the same program", async () => {
    const { code, out } = await promptops(["image", NAME, "--docker", "--output", "bake"], folder);
    expect(code).toBe(0);
    expect(out).toMatch(/written to bake: run 'docker buildx bake' there\n$/);
    const { group, target } = JSON.parse(readFileSync(join(folder, "bake/docker-bake.json"), "utf8")) as {
      group: object;
      target: Record<string, object>;
    };
    expect(group).toEqual({ default: { targets: [NAME] } });
    expect(target[NAME]).toEqual({
      context: NAME,
      dockerfile: "Dockerfile",
      platforms: ["linux/amd64", "linux/arm64"],
      tags: [described().name],
      args: { SOURCE_DATE_EPOCH: "0" },
      attest: [{ type: "provenance", mode: "max" }, { type: "sbom" }],
    });
    const context = join(folder, "bake", NAME);
    const { labels, ...others } = described().config;
    const written = readFileSync(join(context, "Dockerfile"), "utf8");
    // The commit's label depends on the working tree.
    expect(written.replace(/ \\\n {2}org\.opencontainers\.image\.revision="[0-9a-f]{40}"/, "")).toBe(
      dockerfile({ ...described(), config: { labels, ...others } }),
    );
    const { out: layout } = await promptops(["image", NAME, "--output", "layout"], folder);
    const program = /program .*sha256:[0-9a-f]{64}/;
    expect(program.exec(out)?.[0]).toBe(program.exec(layout)?.[0]);
    const app = join(unpackLayout(join(folder, "layout", `${NAME}.tar`), folder).root, "app");
    for (const file of readdirSync(app))
      expect(readFileSync(join(context, "app", file)).equals(readFileSync(join(app, file))), file).toBe(true);
  });

  test.each([
    [
      "an unknown service",
      ["image", "wroker"],
      /^'wroker' is not a service\. Did you mean 'worker'\? The services are analytics, api, /,
    ],
    ["an unknown environment", ["image", "--environment", "nowhere"], /nowhere/],
    ["a version that moves", ["image", "--release", "latest"], /^--release has 'latest', which must be a version that/],
    [
      "a file that is not Node.js",
      ["image", NAME, "--node", "/bin/sh"],
      /^('\/bin\/sh --version' failed|\/bin\/sh is not Node\.js)/,
    ],
  ])("refuses %s with status 2", async (_, args, message) => {
    const { code, err } = await promptops([...args, "--output", "refused"], folder);
    expect(code).toBe(2);
    expect(err).toMatch(message);
    expect(err).not.toMatch(/^ +at /m);
    expect(existsSync(join(folder, "refused"))).toBe(false);
  });

  test("asks for an environment when environments have different versions", async () => {
    writeFileSync(
      join(folder, "Pulumi.next.yaml"),
      environmentSource("development", { "release.version": "v0.2.0", domain: "next.localhost" }),
    );
    const { code, err } = await promptops(["image", NAME], folder);
    expect(code).toBe(2);
    expect(err).toBe(
      "Environments 'development' and 'next' differ in registry, version or repository. Name one: --environment NAME.\n",
    );
    const args = ["image", NAME, "--docker", "--environment", "next", "--output", "next"];
    expect((await promptops(args, folder)).out).toMatch(/^ghcr\.io\/promptops\/model-simulator:v0\.2\.0\n/);
    const { out } = await promptops([...args, "--release", "sha-0a1b2c3d"], folder);
    expect(out).toMatch(/^ghcr\.io\/promptops\/model-simulator:sha-0a1b2c3d\n/);
    rmSync(join(folder, "Pulumi.next.yaml"));
  });
});
