import { mkdirSync, mkdtempSync, rmSync, writeFileSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { afterAll, beforeAll, describe, expect, test } from "vitest";
import { requireContext } from "../../infra/local/kubeconfig.ts";
import { known } from "../../plan/model/recorded.ts";
import { UserError } from "../../platform/faults.ts";
import { planOf } from "../plans.ts";
import { one } from "./resources.ts";

let folder: string;
beforeAll(() => {
  folder = mkdtempSync(join(tmpdir(), "promptops-kubeconfig-"));
  mkdirSync(join(folder, ".kube"));
  const config = (...names: string[]): string =>
    JSON.stringify({ "current-context": "production", contexts: names.map((name) => ({ name, context: {} })) });
  writeFileSync(join(folder, ".kube", "config"), config("production", "kind-promptops-development"));
  writeFileSync(join(folder, "other"), config("production"));
  writeFileSync(join(folder, "empty"), "");
});
afterAll(() => {
  rmSync(folder, { recursive: true });
});

const requireIn = (variables: Record<string, string>): void => {
  requireContext("kind-promptops-development", { HOME: folder, ...variables });
};

describe("the kubeconfig of a local environment", () => {
  test("may have another current context, as long as it has the environment's", () => {
    expect(() => requireIn({})).not.toThrow();
    expect(() => requireIn({ KUBECONFIG: `${folder}/other:${folder}/.kube/config` })).not.toThrow();
  });

  test.each([
    [
      "other",
      "has no context 'kind-promptops-development', which promptops:kubernetes.context names. It has production.",
    ],
    ["empty", "It has none. Create the cluster, or correct the key."],
    ["missing", "There is no kubeconfig at "],
  ])("is refused with its name: %s", (file, message) => {
    const refuse = (): void => requireIn({ KUBECONFIG: join(folder, file) });
    expect(refuse).toThrow(UserError);
    expect(refuse).toThrow(message);
    expect(refuse).toThrow(join(folder, file));
  });
});

test("the provider is bound to the context of the file", async () => {
  const { resources } = await planOf("development");
  expect(known(one("pulumi:providers:kubernetes", undefined, resources), "context")).toBe("kind-promptops-development");
});
