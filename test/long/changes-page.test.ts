import { readFileSync } from "node:fs";
import { join } from "node:path";
import { expect, test } from "vitest";
import { changesPage } from "../../docs/changes-page.ts";
import { root } from "../environments.ts";

test("docs/changes.md is what the code makes of the environment files", async () => {
  const plain = (text: string): string => text.replaceAll(/ +\|/g, " |").replaceAll(/-+\|/g, "-|");
  expect(plain(readFileSync(join(root, "docs", "changes.md"), "utf8"))).toBe(plain(await changesPage()));
});
