import { mkdtempSync, rmSync, writeFileSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { afterAll, beforeAll, describe, expect, test } from "vitest";
import { stackEnvironment, type StackConfig, type StackEnvironment } from "../../infra/stack-config.ts";
import { environment, environmentNames, environmentSource, handedOver, descriptors } from "../environments.ts";

let folder: string;
beforeAll(() => {
  folder = mkdtempSync(join(tmpdir(), "promptops-config-"));
  for (const name of environmentNames) writeFileSync(join(folder, `Pulumi.${name}.yaml`), environmentSource(name));
});
afterAll(() => {
  rmSync(folder, { recursive: true });
});

const read = (
  values: Record<string, string>,
  name = "production",
  secrets: readonly string[] = [],
): StackEnvironment => {
  const config: StackConfig = { values, isSecret: (key) => secrets.includes(key) };
  return stackEnvironment(folder, name, descriptors, config);
};
const production = handedOver(environmentSource("production"));

describe("the configuration that the engine hands over", () => {
  test.each(environmentNames)("is the environment of %s's file", (name) => {
    expect(read(handedOver(environmentSource(name)), name)).toEqual({ environment: environment(name), overridden: [] });
  });

  test("wins over the file, and what differs is named", () => {
    const { environment: made, overridden } = read({ ...production, "promptops:protect": "false" });
    expect(made).toEqual(environment("production", { protect: false }));
    expect(overridden).toEqual(["promptops:protect"]);
  });

  test("is held to the same rules, and its faults are not the file's", () => {
    expect(() => read({ ...production, "promptops:region": "moon-1" })).toThrow(
      /^The configuration that Pulumi was given for stack 'production' has \d faults?:\n\n {2}promptops:region = "moon-1"/,
    );
  });

  test("is asked for when it is empty though the file is not", () => {
    expect(() => read({})).toThrow(
      /^Pulumi was given no promptops: value for stack 'production', but Pulumi\.production\.yaml has some/,
    );
    expect(() => read({}, "moon")).toThrow(/Pulumi\.moon\.yaml\n +does not exist/);
  });
});

describe("what would have no effect is refused:", () => {
  test("a secret, which is needed in plain text", () => {
    expect(() => read(production, "production", ["promptops:domain"])).toThrow(
      "promptops:domain is a Pulumi secret, but its value is needed in plain text. Set it without --secret: pulumi config set promptops:domain.",
    );
  });

  test("a region of the provider that is not the environment's", () => {
    expect(() => read({ ...production, "aws:region": "us-east-1" })).toThrow(
      "aws:region = us-east-1 conflicts with promptops:region = eu-central-1. Remove it: pulumi config rm aws:region -s production.",
    );
    expect(read({ ...production, "aws:region": "eu-central-1" }).overridden).toEqual([]);
  });

  test.each(["aws:profile", "linode:token", "kubernetes:context"])("configuration of a provider: %s", (key) => {
    expect(() => read({ ...production, [key]: "x" })).toThrow(
      `${key} has no effect: the program configures its own provider`,
    );
  });
});

test("a file that Pulumi rewrote, with its scalars as text, describes the same environment", () => {
  const rewritten = environmentSource("production", { protect: "true" });
  writeFileSync(join(folder, "Pulumi.production.yaml"), rewritten);
  expect(read(production).overridden).toEqual([]);
  expect(environment("production", { protect: "true" })).toEqual(environment("production"));
});
