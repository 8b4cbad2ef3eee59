import { existsSync, readFileSync } from "node:fs";
import { join } from "node:path";
import { describe, expect, test } from "vitest";
import { root } from "../environments.ts";

const folder = join(root, "docs");
const page = readFileSync(join(folder, "audit.md"), "utf8");
const [, section = ""] = /\n## Controls\n(.*?)\n## /s.exec(page) ?? [];
const controls = section
  .split("\n")
  .filter((line) => /^\| [A-Z]/.test(line))
  .map((line) => {
    const [name = "", ...cells] = line.split(" | ").map((cell) => cell.replace(/^\| | \|$/g, ""));
    return { name, cells };
  });
const CRITERION = String.raw`(CC[1-9]\.\d|A1\.\d|C1\.\d|P[1-8]\.\d)`;
const PARAGRAPH = String.raw`\([a-e]\)(\(\d\)(\([iv]+\))?)?`;
/** Controls of Annex A, by theme. */
const ANNEX: Readonly<Record<string, number>> = { "5": 37, "6": 8, "7": 14, "8": 34 };

const listOf = (item: string): RegExp => new RegExp(`^${item}(, ${item})*$`);

describe("each control of docs/audit.md", () => {
  test.each(controls)("$name", ({ cells }) => {
    const [soc, iso = "", hipaa, holders = ""] = cells;
    expect(soc).toMatch(listOf(CRITERION));
    for (const number of iso.split(", ")) {
      const [, theme = "", control] = /^A\.([5-8])\.(\d+)$/.exec(number) ?? [];
      expect(Number(control), number).toBeLessThanOrEqual(ANNEX[theme] ?? 0);
    }
    if (hipaa !== "–") expect(hipaa).toMatch(listOf(PARAGRAPH));
    const links = [...holders.matchAll(/\]\(([^)#]+)\)/g)].map(([, link = ""]) => link);
    expect(links).not.toEqual([]);
    for (const link of links) expect(existsSync(join(folder, link)), link).toBe(true);
  });

  test("is in the table", () => {
    expect(controls.length).toBeGreaterThan(20);
  });
});
