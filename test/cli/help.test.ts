import { describe, expect, test } from "vitest";
import { root } from "../environments.ts";
import { promptops } from "./promptops.ts";

const commands = [
  "plan",
  "check",
  "render",
  "diff",
  "keep",
  "new",
  "dev",
  "image",
  "pools",
  "doctor",
  "drift",
  "upgrades",
  "destroy",
  "tenant",
];

describe("--help", () => {
  test("lists the commands", async () => {
    const { code, out } = await promptops(["--help"], root);
    expect(code).toBe(0);
    for (const name of commands) expect(out).toMatch(new RegExp(`^  ${name} +\\w`, "m"));
  });

  test.each(
    commands.flatMap((name) => [
      [name, "--help"],
      [name, "-h"],
    ]),
  )("of %s %s has its usage, options, examples and exit status", async (name, option) => {
    const { code, out } = await promptops([name, option], root);
    expect(code).toBe(0);
    expect(out).toMatch(new RegExp(`^Usage: promptops ${name} `));
    expect(out).toMatch(/^Options\n(?: +.*\n)* {2}-h, --help/m);
    expect(out).toMatch(new RegExp(`^Examples\n {2}promptops ${name}`, "m"));
    expect(out).toMatch(/^Exit status\n {2}0 .*\n(?: {2}1 .*\n)? {2}2 /m);
    expect(out.split("\n").every((line) => line.length <= 132)).toBe(true);
  });

  test("states the default of an option that takes a value", async () => {
    const { out } = await promptops(["render", "--help"], root);
    expect(out).toMatch(/--output FOLDER +where to write \(default: dist\/<environment>\/manifests\)/);
  });

  test("is what a call without a command gets, with status 2", async () => {
    const { code, out } = await promptops([], root);
    expect(code).toBe(2);
    expect(out).toMatch(/^Usage: promptops <command>/);
  });
});
