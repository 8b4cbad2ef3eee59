import { readFileSync } from "node:fs";
import { join } from "node:path";
import { expect, test } from "vitest";
import { cases, rowOf } from "../../docs/changes-page.ts";
import { root } from "../environments.ts";

const page = readFileSync(join(root, "docs", "changes.md"), "utf8");
/** Rows of the table without the padding that makes columns line up. */
const rows = page
  .split("\n")
  .filter((line) => line.startsWith("| `"))
  .map((line) => line.replaceAll(/ +\|/g, " |"));

/** Every seventh row here, all of them in test/long. */
test.each(cases.map((each, index) => ({ each, index })).filter(({ index }) => index % 7 === 3))(
  "docs/changes.md has row $index as the code makes it: $each.key, $each.change",
  async ({ each, index }) => {
    expect(rows[index]).toBe((await rowOf(each)).replaceAll(/ +\|/g, " |"));
  },
);

/** Keys that do not reach the cloud, or are another environment's. */
const ELSEWHERE = [
  "cloud",
  "account",
  "kubernetes.context",
  "database.port",
  "exceptions",
  "budget.monthly",
  "rehearses",
  "models",
  "oidc",
  "services.<name>.release",
];

test("docs/changes.md has each key of docs/environments.md", () => {
  expect(rows).toHaveLength(cases.length);
  const [table = ""] = readFileSync(join(root, "docs", "environments.md"), "utf8").split("\n\n## ");
  const keys = [...table.matchAll(/^\| (`[^|]+`) \|/gm)].flatMap(([, cell = ""]) =>
    [...cell.matchAll(/`([^`]+)`/g)].map(([, key = ""]) => key),
  );
  expect(keys.length).toBeGreaterThan(25);
  const missing = keys.filter((key) => !cases.some((each) => each.key === key || each.key.startsWith(key)));
  expect(missing.filter((key) => !ELSEWHERE.includes(key))).toEqual(["release.registry"]);
});
