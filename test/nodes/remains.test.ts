import { type ChildProcess, spawn } from "node:child_process";
import { once } from "node:events";
import { join } from "node:path";
import { afterEach, beforeAll, expect, test } from "vitest";
import { becomes, type ComputerState, stateOfComputer } from "./computer-state.ts";
import { requireNodeHost } from "./requirements.ts";

let before: ComputerState;
let harness: ChildProcess | undefined;
beforeAll(() => {
  requireNodeHost();
  before = stateOfComputer();
});
afterEach(() => harness?.kill("SIGKILL"));

async function startHarness(): Promise<ChildProcess> {
  const script = join(import.meta.dirname, "held-nodes.ts");
  const args = ["--import", import.meta.resolve("tsx"), script];
  harness = spawn(process.execPath, args, { stdio: ["pipe", "pipe", "inherit"] });
  const said = await Promise.race([once(harness.stdout ?? harness, "data"), once(harness, "exit")]);
  expect(String(said[0])).toBe("started\n");
  return harness;
}

/** What a harness has here for as long as it runs; everything else of it is in namespaces of its own. */
const held = { links: [], routes: [], cgroups: [], folders: [], processes: [] };

test("nodes that run change nothing of this computer but what they hold, and nothing remains when their harness is killed", async () => {
  const { pid } = await startHarness();
  const during = stateOfComputer();
  expect(during["processes"]).toContain("/usr/bin/containerd-shim-runc-v2");
  expect({ ...during, ...held }).toEqual({ ...before, ...held });
  process.kill(pid ?? 0, "SIGKILL");
  await becomes(before);
});
