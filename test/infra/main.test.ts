import { RunError, runtime } from "@pulumi/pulumi";
import { mkdtempSync, rmSync, writeFileSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { afterAll, beforeAll, describe, expect, test, vi } from "vitest";
import main from "../../infra/main.ts";
import { environmentSource, handedOver } from "../environments.ts";

/** Sets up what the Pulumi engine would: a stack, and something that takes registrations. */
async function asStack(stack: string, config: Record<string, string> = {}): Promise<string[]> {
  const types: string[] = [];
  const newResource = ({
    type,
    inputs,
  }: {
    type: string;
    inputs: Record<string, unknown>;
  }): { id: string; state: Record<string, unknown> } => {
    types.push(type);
    return { id: "", state: inputs };
  };
  await runtime.setMocks({ newResource, call: () => ({}) }, "promptops", stack, true);
  runtime.setAllConfig(config);
  return types;
}

let folder: string;
beforeAll(() => {
  folder = mkdtempSync(join(tmpdir(), "promptops-main-"));
  writeFileSync(join(folder, "config"), JSON.stringify({ contexts: [{ name: "kind-promptops-development" }] }));
});
afterAll(() => {
  vi.unstubAllEnvs();
  rmSync(folder, { recursive: true });
});

describe("what `pulumi up` runs", () => {
  test("plans the environment of the stack's name", async () => {
    vi.stubEnv("KUBECONFIG", join(folder, "config"));
    const types = await asStack("development", handedOver(environmentSource("development")));
    const { cluster } = await main();
    await runtime.disconnect();
    expect(cluster).toBe("kind-promptops-development");
    expect(types).toContain("kubernetes:helm.sh/v3:Release");
  });

  test("refuses a local stack without a kubeconfig, and declares nothing", async () => {
    vi.stubEnv("KUBECONFIG", join(folder, "missing"));
    const types = await asStack("development", handedOver(environmentSource("development")));
    await expect(main()).rejects.toThrow(/^There is no kubeconfig at .*missing/);
    expect(types).toEqual([]);
  });

  test("refuses a stack without a file in words that Pulumi prints without a stack trace", async () => {
    await asStack("moon");
    const refused = main();
    await expect(refused).rejects.toBeInstanceOf(RunError);
    await expect(refused).rejects.toThrow(/Pulumi\.moon\.yaml.*does not exist/s);
  });
});
