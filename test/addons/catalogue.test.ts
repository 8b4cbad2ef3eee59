import { mkdirSync, mkdtempSync, rmSync, writeFileSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { afterEach, beforeEach, expect, test } from "vitest";
import { loadDescriptors, platformAddons } from "../../addons/catalogue.ts";
import { loadAddonObjects } from "../../k8s/addon-objects.ts";
import type { Addon } from "../../platform/addon.ts";

let folder = "";
beforeEach(() => {
  folder = mkdtempSync(join(tmpdir(), "promptops-addons-"));
});
afterEach(() => {
  rmSync(folder, { recursive: true });
});

function write(path: string, text: string): void {
  mkdirSync(join(folder, path, ".."), { recursive: true });
  writeFileSync(join(folder, path), text);
}

const addon = (name: string): string =>
  `export const it = ${JSON.stringify({ name, licence: "MIT", delivery: { by: "assumed" } })};\n`;
const namesFrom = async (sources: readonly (string | Addon)[]): Promise<string[]> =>
  (await loadDescriptors({ addons: sources })).addons.map(({ name }) => name);

test("add-ons come from folders, as TypeScript or compiled, and as descriptors, sorted by name", async () => {
  write("typed/addon.ts", addon("typed"));
  write("compiled/addon.js", addon("compiled"));
  write("none/readme.md", "");
  const { addons } = await loadDescriptors({ addons: [folder] });
  const given = { ...addons[0], name: "given" } as Addon;
  expect(await namesFrom([given, folder])).toEqual(["compiled", "given", "typed"]);
});

test("add-ons of another folder come beside the platform's", async () => {
  write("other/addon.ts", addon("other"));
  const platform = await namesFrom([platformAddons]);
  expect(await namesFrom([platformAddons, folder])).toEqual([...platform, "other"].toSorted());
});

test("two add-ons of one name are refused", async () => {
  write("valkey/addon.ts", addon("valkey"));
  await expect(loadDescriptors({ addons: [platformAddons, folder] })).rejects.toThrow(
    "Two add-ons are called 'valkey'.",
  );
});

test("an add-on whose folder has another name is refused", async () => {
  write("one/addon.ts", addon("two"));
  await expect(loadDescriptors({ addons: [folder] })).rejects.toThrow(
    "describes 'two'. Rename it or its folder, 'one'.",
  );
});

test("a file that exports no add-on is refused", async () => {
  write("one/addon.ts", "export const it = 1;\n");
  await expect(loadDescriptors({ addons: [folder] })).rejects.toThrow("must export one add-on");
});

test("the objects and the alerts of an add-on are read from its own folder", async () => {
  write("one/addon.ts", addon("one"));
  write("one/objects.ts", "export const addObjects = () => 'added';\n");
  write("two/addon.ts", addon("two"));
  const objects = await loadAddonObjects(await loadDescriptors({ addons: [folder] }));
  expect([...objects].map(([name, added]) => [name, added.length])).toEqual([
    ["one", 1],
    ["two", 0],
  ]);
  write("two/alerts.ts", "export const alerts = [];\n");
  expect((await loadAddonObjects(await loadDescriptors({ addons: [folder] }))).get("two")).toHaveLength(1);
  write("two/objects.ts", "export const other = 1;\n");
  await expect(loadAddonObjects(await loadDescriptors({ addons: [folder] }))).rejects.toThrow(
    "must export 'addObjects'",
  );
});
