import { LocalWorkspace } from "@pulumi/pulumi/automation/index.js";
import { afterAll, beforeAll, expect, test } from "vitest";
import { stateProgram } from "../../../infra/bootstrap/state.ts";
import { openTestEngine, type TestEngine } from "./stack.ts";

let engine: TestEngine;
beforeAll(async () => {
  engine = await openTestEngine();
});
afterAll(() => {
  engine.close();
});

test("the state's bucket and key are made once, and refuse to be deleted", async () => {
  const stack = await LocalWorkspace.createOrSelectStack(
    {
      stackName: "111122223333",
      projectName: "promptops-bootstrap",
      program: () => Promise.resolve({ ...stateProgram({ id: "111122223333", region: "eu-central-1" }) }),
    },
    engine.workspace,
  );
  const { outputs, summary } = await stack.up();
  expect(outputs["backend"]?.value).toBe("s3://promptops-state-111122223333?region=eu-central-1");
  // Key, alias, the bucket and five settings of it; the stack, the component and the provider.
  expect(summary.resourceChanges).toEqual({ create: 11 });
  expect((await stack.preview()).changeSummary).toEqual({ same: 11 });
  await expect(stack.destroy()).rejects.toThrow(/protected/);
});
