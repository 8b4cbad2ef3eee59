import { existsSync, readFileSync } from "node:fs";
import { join } from "node:path";
import { describe, expect, test } from "vitest";
import { root } from "../environments.ts";

const folder = join(root, "docs");
const [, controls = ""] = readFileSync(join(folder, "audit.md"), "utf8").split("\n## Controls\n");
const rows = controls
  .split("\n## ")[0]
  ?.split("\n")
  .filter((line) => /^\| [A-Z]/.test(line))
  .map((line) => line.split(" | ").map((cell) => cell.replace(/^\| | \|$/g, "").trim()));

describe("each control of docs/audit.md", () => {
  test.each(rows ?? [])("%s", (_control, soc, iso, hipaa, holders) => {
    expect(soc).toMatch(/^(CC[1-9]\.\d|A1\.\d|C1\.\d|P[1-8]\.\d)(, (CC[1-9]\.\d|A1\.\d|C1\.\d|P[1-8]\.\d))*$/);
    // Annex A has 37, 8, 14 and 34 controls in its four themes.
    for (const number of iso?.split(", ") ?? []) {
      const [, theme = "", control] = /^A\.([5-8])\.(\d+)$/.exec(number) ?? [];
      expect(Number(control), number).toBeLessThanOrEqual({ 5: 37, 6: 8, 7: 14, 8: 34 }[theme] ?? 0);
    }
    expect(hipaa).toMatch(/^–$|^\([a-e]\)(\(\d\)(\([iv]+\))?)?(, \([a-e]\)(\(\d\)(\([iv]+\))?)?)*$/);
    const links = [...(holders?.matchAll(/\]\(([^)#]+)\)/g) ?? [])].map(([, link = ""]) => link);
    expect(links).not.toEqual([]);
    for (const link of links) expect(existsSync(join(folder, link)), link).toBe(true);
  });

  test("is in the table", () => {
    expect(rows?.length).toBeGreaterThan(20);
  });
});
