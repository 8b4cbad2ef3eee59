import { mkdtempSync, readFileSync, rmSync, writeFileSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { afterAll, beforeAll, describe, expect, test } from "vitest";
import { recordDrained } from "../../operations/record-drained.ts";
import { root } from "../environments.ts";
import { promptops } from "./promptops.ts";

let folder: string;
beforeAll(() => {
  folder = mkdtempSync(join(tmpdir(), "promptops-pools-"));
});
afterAll(() => {
  rmSync(folder, { recursive: true });
});

test("a drained generation is recorded under its pool, and nothing else of the file changes", () => {
  const source = [
    "# Ours",
    "config:",
    "  promptops:pools:",
    "    data:",
    "      # The second: two disks.",
    "      generation: 2 # since November",
    "      nodes: { min: 3, max: 6 }",
    "      retiring:",
    "        type: r5.xlarge",
    "        nodes: { min: 3, max: 6 }",
    "  promptops:domain: promptops.io",
    "",
  ];
  writeFileSync(join(folder, "Pulumi.x.yaml"), source.join("\n"));
  recordDrained(folder, "x", "data", { generation: 1, at: "2026-11-28T18:00:00Z", nodes: ["a", "b"] });
  const record = [
    "      drained:",
    "        generation: 1",
    "        at: 2026-11-28T18:00:00Z",
    "        nodes:",
    "          - a",
    "          - b",
  ];
  expect(readFileSync(join(folder, "Pulumi.x.yaml"), "utf8").split("\n")).toEqual([
    ...source.slice(0, 10),
    ...record,
    ...source.slice(10),
  ]);
});

describe("promptops pools", () => {
  test.each([
    [
      ["pools", "drain", "data", "--environment", "production"],
      "No generation of pool 'data' retires in Pulumi.production.yaml.",
    ],
    [["pools", "drain", "moon", "--environment", "production"], "Pulumi.production.yaml has no pool 'moon'."],
    [["pools", "drain", "data"], "Name the environment: --environment NAME."],
    [["pools", "fill", "data"], "'promptops pools' can drain, and not 'fill'."],
  ])("%j is refused with status 2", async (args, message) => {
    const { code, err } = await promptops(args, root);
    expect(err).toContain(message);
    expect(code).toBe(2);
  });
});
