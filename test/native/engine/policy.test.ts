import { join } from "node:path";
import { runtime } from "@pulumi/pulumi";
import { LocalWorkspace, type Stack } from "@pulumi/pulumi/automation/index.js";
import { afterAll, beforeAll, expect, test } from "vitest";
import { program } from "../../../infra/index.ts";
import { descriptors, environment, root } from "../../environments.ts";
import { installProgram } from "./programs.ts";
import { openTestEngine, type TestEngine } from "./stack.ts";

let engine: TestEngine;
beforeAll(async () => {
  engine = await openTestEngine();
  // What Pulumi's language host for Node.js does with a policy pack.
  const main = join(root, "node_modules", "@pulumi", "pulumi", "cmd", "run-policy-pack");
  installProgram(engine.home, "pulumi-analyzer-policy-nodejs", main);
});
afterAll(() => {
  engine.close();
});

const open = (name: string, run: () => object = () => program(environment(name), descriptors)): Promise<Stack> =>
  LocalWorkspace.createOrSelectStack(
    { stackName: name, projectName: "promptops", program: () => Promise.resolve({ ...run() }) },
    engine.workspace,
  );

/** What policies say of a preview, without marks of color; none where it passes. */
async function violations(stack: Stack): Promise<string[]> {
  const found: string[] = [];
  await stack
    .preview({
      policyPacks: [join(root, "policy")],
      onEvent({ policyEvent }) {
        if (policyEvent)
          found.push(`${policyEvent.policyName}: ${policyEvent.message.replaceAll(/<\{%[^%]*%\}>/g, "").trim()}`);
      },
    })
    .catch((error: unknown) => {
      if (found.length === 0) throw error;
    });
  return found;
}

test.each(["staging", "production", "production-lke", "development"])(
  "a preview of %s passes the policy pack",
  async (name) => {
    expect(await violations(await open(name))).toEqual([]);
  },
);

test("a database that a transformation opens, without protection, fails a preview of production", async () => {
  const stack = await open("production", () => {
    runtime.registerStackTransformation(({ type, props, opts }) =>
      type === "aws:rds/instance:Instance" ? { props: { ...props, publiclyAccessible: true }, opts } : undefined,
    );
    return program(environment("production", { protect: false }), descriptors);
  });
  const found = await violations(stack);
  for (const violation of [
    /^require-protection: .*Instance 'database' can be deleted by Pulumi/s,
    /^no-public-access: .*Instance 'database' is open to 0\.0\.0\.0\/0.*\(publiclyAccessible\)/s,
  ])
    expect(found).toContainEqual(expect.stringMatching(violation));
});
