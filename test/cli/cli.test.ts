import { spawnSync } from "node:child_process";
import {
  closeSync,
  cpSync,
  existsSync,
  mkdtempSync,
  openSync,
  readFileSync,
  readdirSync,
  rmSync,
  writeFileSync,
} from "node:fs";
import { tmpdir } from "node:os";
import { join, relative } from "node:path";
import { afterAll, beforeAll, describe, expect, test } from "vitest";
import type { PlanFile } from "../../plan/plan-file.ts";
import { proofs } from "../../proofs/index.ts";
import { environmentSource, root } from "../environments.ts";
import { promptops, promptopsProcess } from "./promptops.ts";

/** Every proof, and the schemas before them. */
const every = ["valid-objects", ...proofs.map(({ name }) => name)];

const filesBelow = (path: string): string[] =>
  readdirSync(path, { recursive: true, withFileTypes: true })
    .filter((entry) => entry.isFile())
    .map((entry) => relative(path, join(entry.parentPath, entry.name)))
    .toSorted();

let folder = "";
beforeAll(() => {
  folder = mkdtempSync(join(tmpdir(), "promptops-cli-"));
  for (const name of ["production", "development"])
    cpSync(join(root, `Pulumi.${name}.yaml`), join(folder, `Pulumi.${name}.yaml`));
});
afterAll(() => {
  rmSync(folder, { recursive: true });
});

describe("promptops plan", () => {
  test("shows what an environment comes to, and writes it", async () => {
    const { code, out, err } = await promptopsProcess(["plan", "development"], folder);
    expect(code).toBe(0);
    expect(err).toMatch(/^planned {2}development {2}\d+ resources, \d+ objects, \d+ proofs\n$/);
    expect(out).toMatch(/^development: local, Kubernetes 1\.35\n/);
    expect(out).toMatch(/fits-nodes +holds +application zone-a: \d+ pods on 1 node,/);
    expect(out).toMatch(/service api: canary release +rolling: no rollouts/);
    expect(out).toMatch(/files: dist\/development \(plan\.json; manifests: \d+ objects, \d+ changed, 0 removed\)/);
    const file = JSON.parse(readFileSync(join(folder, "dist/development/plan.json"), "utf8")) as PlanFile;
    expect(file.findings.map(({ proof, holds }) => [proof, holds])).toEqual(every.map((name) => [name, true]));
    expect(existsSync(join(folder, "dist/development/kind.yaml"))).toBe(true);
    expect(file.objects.every(({ path }) => existsSync(join(folder, "dist/development/manifests", path)))).toBe(true);
  });

  test("lines its tables up", async () => {
    const { out } = await promptops(["plan", "production"], folder);
    const lines = out.split("\n");
    const header = lines.findIndex((line) => line.trim().startsWith("proof"));
    const column = lines[header]?.indexOf("evidence") ?? -1;
    const rows = lines.slice(header + 1, lines.indexOf("", header));
    expect(rows.length).toBeGreaterThan(10);
    expect(rows.every((row) => row[column] !== " " && row.slice(column - 2, column) === "  ")).toBe(true);
  });

  test("prints one JSON document on request, and nothing beside it", async () => {
    const { code, out } = await promptops(["plan", "production", "--json"], folder);
    const [plan] = JSON.parse(out) as PlanFile[];
    expect(code).toBe(0);
    expect(plan?.environment).toBe("production");
    expect(plan?.resources.length).toBeGreaterThan(100);
  });
});

describe("promptops render", () => {
  test("writes an environment's objects, those of its plan, and nothing else", async () => {
    const target = join(folder, "rendered");
    const { code, out } = await promptops(["render", "production", "--output", "rendered"], folder);
    expect([code, out]).toEqual([
      0,
      expect.stringMatching(/^production: \d+ objects in rendered \(\d+ changed, 0 removed\)\n$/),
    ]);
    const plan = JSON.parse((await promptops(["plan", "production", "--json"], folder)).out) as PlanFile[];
    expect(filesBelow(target)).toEqual(plan[0]?.objects.map(({ path }) => path).toSorted());
    expect(filesBelow(join(folder, "dist/production/manifests"))).toEqual(filesBelow(target));
  });

  test("removes what another environment left there, and refuses a folder that holds anything else", async () => {
    const target = join(folder, "rendered");
    expect((await promptops(["render", "development", "--output", "rendered"], folder)).out).toMatch(
      /[1-9]\d* removed\)/,
    );
    const before = filesBelow(target);
    writeFileSync(join(target, "README.md"), "Mine");
    const { code, err } = await promptops(["render", "production", "--output", "rendered"], folder);
    expect([code, err]).toEqual([
      2,
      expect.stringMatching(/holds files that promptops did not write:\n {2}README\.md\n/),
    ]);
    expect(filesBelow(target)).toEqual([...before, "README.md"].toSorted());
  });

  test("wants environments by name, and one for a folder", async () => {
    expect(await promptops(["render"], folder)).toMatchObject({
      code: 2,
      err: expect.stringMatching(/^Too few arguments: promptops render <environment\.\.\.>/),
    });
    expect(await promptops(["render", "production", "development", "--output", "x"], folder)).toMatchObject({
      code: 2,
      err: expect.stringMatching(/^--output takes the objects of one environment, not of 2/),
    });
  });
});

describe("promptops check", () => {
  test("plans every environment of the folder and writes nothing", async () => {
    rmSync(join(folder, "dist"), { recursive: true, force: true });
    const { code, out } = await promptops(["check"], folder);
    expect(code).toBe(0);
    expect(out.trim().split("\n")).toHaveLength(2 * every.length);
    expect(existsSync(join(folder, "dist"))).toBe(false);
  });

  test("names every Pulumi file that it skips, with the reason", async () => {
    const odd = ["Pulumi.Production.yaml", "Pulumi.staging.yml", "Pulumi.production.yaml.bak"];
    for (const file of [...odd, "Pulumi.yaml"]) writeFileSync(join(folder, file), "");
    const { code, err } = await promptops(["check"], folder);
    for (const file of [...odd, "Pulumi.yaml"]) rmSync(join(folder, file));
    expect(code).toBe(0);
    expect(err.split("\n").filter((line) => line.startsWith("skipped"))).toEqual([
      "skipped  Pulumi.Production.yaml: an environment's name has lower-case letters, digits and '-', and begins with a letter; rename it to Pulumi.production.yaml",
      "skipped  Pulumi.production.yaml.bak: it does not end in .yaml",
      "skipped  Pulumi.staging.yml: it ends in .yml; rename it to Pulumi.staging.yaml",
    ]);
  });

  test("says what does not hold, and exits with 1", async () => {
    writeFileSync(
      join(folder, "Pulumi.small.yaml"),
      environmentSource("production", {
        "pools.application.nodes": { min: 3, max: 3 },
        domain: "small.promptops.io",
        "network.cidr": "10.60.0.0/16",
      }),
    );
    const { code, out } = await promptopsProcess(["check", "small"], folder);
    rmSync(join(folder, "Pulumi.small.yaml"));
    expect(code).toBe(1);
    expect(out).toMatch(
      /^small {2}fits-nodes +Deployment application\/worker: at maximum replicas \d+ of its pods find no room on pool application/m,
    );
    expect(out).toMatch(/^small {2}no-blocked-drain +holds$/m);
  });
});

describe("what is wrong is said without a stack", () => {
  test("a file: all of its faults, and every faulty file, before anything is written", async () => {
    writeFileSync(
      join(folder, "Pulumi.broken.yaml"),
      environmentSource("production", { domain: 1, region: undefined }),
    );
    const { code, out, err } = await promptopsProcess(["plan"], folder);
    rmSync(join(folder, "Pulumi.broken.yaml"));
    expect([code, out]).toEqual([2, ""]);
    expect(err).toMatch(/^Pulumi\.broken\.yaml has 2 faults:\n\n {2}promptops:domain = 1\n/);
    expect(err).toContain("promptops:region\n    is missing: it must be a region.");
    expect(err).not.toMatch(/\bat .*\.ts:/);
    expect(existsSync(join(folder, "dist"))).toBe(false);
  });

  test.each<[string, string[], RegExp]>([
    [
      "an environment that is not there",
      ["plan", "moon"],
      /Pulumi\.moon\.yaml\n +does not exist. The environments are development, production/,
    ],
    ["an environment that drift does not know", ["drift", "moon"], /Pulumi\.moon\.yaml\n +does not exist\./],
    [
      "a command that is none",
      ["paln"],
      /^'paln' is not a promptops command\. Did you mean 'plan'\? The commands are plan, check, render, diff, keep, new, dev, image, pools, doctor, drift, upgrades, destroy, tenant\.\n$/,
    ],
    ["a word that every object knows", ["constructor"], /^'constructor' is not a promptops command\. The commands/],
    [
      "a cloud that is none",
      ["plan", "--cloud", "azure"],
      /^'azure' is not a cloud\. The clouds are aws, linode, local\.\n$/,
    ],
    [
      "an option that is none",
      ["plan", "--fast"],
      /^'promptops plan' has no option '--fast'\. Its options are --cloud, --against, --json, --help\.\n$/,
    ],
    ["a misspelt option", ["check", "--jsno"], /no option '--jsno'\. Did you mean '--json'\?/],
    ["a short option that is none", ["check", "-x"], /no option '-x'/],
    ["an option that only other commands take", ["dev", "--json"], /^'promptops dev' has no option '--json'/],
    ["a format that only diff has", ["plan", "--markdown"], /^'promptops plan' has no option '--markdown'/],
    ["a cloud for objects alone", ["render", "production", "--cloud", "linode"], /no option '--cloud'/],
    [
      "an argument that dev does not take",
      ["dev", "production"],
      /^'promptops dev' takes no arguments; 'production' was given\.\n$/,
    ],
    [
      "an option without its value",
      ["plan", "--cloud"],
      /--cloud <value>' argument missing\. Run 'promptops plan --help'\.\n$/,
    ],
    ["a value for an option without one", ["plan", "--json=yes"], /'--json' does not take an argument\. Run/],
    ["an option before the command", ["--json", "plan"], /^Name a command before '--json': plan, check/],
  ])("%s", async (_, args, message) => {
    const { code, out, err } = await promptops(args, folder);
    expect([code, out]).toEqual([2, ""]);
    expect(err).toMatch(message);
    expect(err).not.toMatch(/\n {4}at /);
  });

  test.each([
    ["plan", "development"],
    ["render", "development"],
    ["image", "worker"],
  ])("%s %s: where it writes is a file", async (...args) => {
    writeFileSync(join(folder, "dist"), "");
    const { code, err } = await promptops(args, folder);
    rmSync(join(folder, "dist"));
    expect(code).toBe(2);
    expect(err).toMatch(/dist\S*'? (cannot be used \(ENOTDIR\)|is not a folder)\. \S/);
    expect(err).not.toMatch(/\n {4}at /);
  });

  test("a clone whose packages are not installed", () => {
    const clone = mkdtempSync(join(tmpdir(), "promptops-clone-"));
    for (const name of ["package.json", "cli"]) cpSync(join(root, name), join(clone, name), { recursive: true });
    const { status, stderr } = spawnSync(process.execPath, [join(clone, "cli", "promptops.js"), "plan"], {
      cwd: clone,
      encoding: "utf8",
    });
    rmSync(clone, { recursive: true });
    expect(status).toBe(2);
    expect(stderr).toBe(`The packages of ${clone}/ are not installed. Run 'npm ci' there, and repeat.\n`);
  });

  test("an output that is full", () => {
    const full = openSync("/dev/full", "w");
    const { status, stderr } = spawnSync(process.execPath, [join(root, "cli", "promptops.js"), "--help"], {
      stdio: ["ignore", full, "pipe"],
      encoding: "utf8",
    });
    closeSync(full);
    expect(status).toBe(2);
    expect(stderr).toBe("The output cannot be written (ENOSPC). Name another file, or make room, and repeat.\n");
  });

  test("a folder without environments", async () => {
    const empty = mkdtempSync(join(tmpdir(), "promptops-empty-"));
    const { code, err } = await promptops(["check"], empty);
    rmSync(empty, { recursive: true });
    expect(code).toBe(2);
    expect(err).toMatch(/has no Pulumi\.<environment>\.yaml/);
  });
});

describe("--cloud", () => {
  test("plans what an environment would be elsewhere, into a folder of its own", async () => {
    const { code, out } = await promptops(["plan", "production", "--cloud", "linode"], folder);
    expect(code, "a proof refuses what that cloud cannot hold").toBe(1);
    expect(out).toMatch(/fits-connections +FAILS +g6-dedicated-4 accepts 192 connections, but pods may open 778/);
    expect(out).toMatch(/^production: linode, Kubernetes 1\.35\n/);
    expect(out).toMatch(/pool application: spot nodes +linode has no spot market: on-demand nodes/);
    expect(existsSync(join(folder, "dist", "production.linode", "plan.json"))).toBe(true);
  });

  test("says what that cloud cannot do, with status 2", async () => {
    writeFileSync(
      join(folder, "Pulumi.large.yaml"),
      environmentSource("production", { "pools.gpu.needs.memory": "600Gi" }),
    );
    const { code, err } = await promptops(["check", "large", "--cloud", "linode"], folder);
    rmSync(join(folder, "Pulumi.large.yaml"));
    expect(code).toBe(2);
    expect(err).toMatch(/^Pulumi\.large\.yaml on linode has 1 fault:/);
  });
});
