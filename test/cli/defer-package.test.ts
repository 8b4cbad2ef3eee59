import { mkdirSync, mkdtempSync, rmSync, writeFileSync } from "node:fs";
import { createRequire } from "node:module";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { afterAll, describe, expect, test } from "vitest";
import { deferPackage } from "../../cli/defer-package.ts";
import { promptopsProcess } from "./promptops.ts";
import { root } from "../environments.ts";

const folder = mkdtempSync(join(tmpdir(), "promptops-defer-"));
afterAll(() => {
  rmSync(folder, { recursive: true });
});

/** A package that counts how often it is loaded, and a file that requires it. */
function packageNamed(name: string): { readonly importer: string; readonly loads: () => number } {
  const to = join(folder, "node_modules", name);
  mkdirSync(to, { recursive: true });
  writeFileSync(
    join(to, "index.js"),
    `globalThis["${name}"] = (globalThis["${name}"] ?? 0) + 1;
     module.exports = class { static twice(n) { return 2 * n; } constructor(n) { this.n = n; } };`,
  );
  const importer = join(folder, `${name}.js`);
  writeFileSync(importer, `module.exports = require("${name}");`);
  return { importer, loads: () => (globalThis as unknown as Record<string, number>)[name] ?? 0 };
}

describe("a deferred package", () => {
  test("is loaded when an export is used, and once", () => {
    const { importer, loads } = packageNamed("used");
    deferPackage("used", importer);
    const used = createRequire(importer)(importer) as (new (n: number) => { n: number }) & {
      twice: (n: number) => number;
      __esModule?: boolean;
    };
    expect(used.__esModule).toBeUndefined();
    expect(loads()).toBe(0);
    expect(used.twice(2)).toBe(4);
    expect(new used(3).n).toBe(3);
    expect("twice" in used).toBe(true);
    expect(loads()).toBe(1);
  });

  test("stays as it is where it was loaded before", () => {
    const { importer, loads } = packageNamed("loaded");
    const before: unknown = createRequire(importer)(importer);
    deferPackage("loaded", importer);
    expect(createRequire(importer)("loaded")).toBe(before);
    expect(loads()).toBe(1);
  });
});

test("a plan loads neither the TypeScript compiler nor npm's resolver", async () => {
  const probe = join(folder, "probe.cjs");
  // Lists what was loaded from the two packages, apart from the entries that stand for them.
  writeFileSync(
    probe,
    `process.on("exit", () => {
       const files = Object.values(require.cache).filter(({ children, filename }) => filename && children);
       const of = (name) => files.filter(({ filename }) => filename.includes("/node_modules/" + name + "/")).length;
       process.stderr.write(JSON.stringify({ pulumi: of("@pulumi/pulumi") > 0, typescript: of("typescript"), npm: of("@npmcli/arborist") }));
     });`,
  );
  const { code, err } = await promptopsProcess(["check", "development"], root, { NODE_OPTIONS: `--require=${probe}` });
  expect(code, err).toBe(0);
  expect(err).toContain('{"pulumi":true,"typescript":0,"npm":0}');
});
