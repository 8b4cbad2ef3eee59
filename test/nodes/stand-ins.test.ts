import { readFileSync } from "node:fs";
import { join } from "node:path";
import { expect, test } from "vitest";
import { standIns } from "./stand-ins.ts";

test("the README lists every stand-in, and no other", () => {
  const readme = readFileSync(join(import.meta.dirname, "README.md"), "utf8");
  const rows = [...(readme.split("## Stand-ins")[1] ?? "").matchAll(/^\| ([^|]+) \| ([^|]+) \|$/gm)].slice(1);
  expect(Object.fromEntries(rows.map(([, name = "", of = ""]) => [name.trim(), of.trim()]))).toEqual(standIns);
  console.log(
    Object.entries(standIns)
      .map(([name, of]) => `stand-in: ${name}, for ${of}`)
      .join("\n"),
  );
});
