import { execFile } from "node:child_process";
import { mkdtempSync, readFileSync, rmSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { promisify } from "node:util";
import { expect, test } from "vitest";
import { root } from "../environments.ts";
import { startStack } from "../services/stack.ts";

/** The commands of the page, but for those that say where the API is. */
const page = readFileSync(join(root, "docs/how-to/evaluate-prompts.md"), "utf8");
const [, ...commands] = [...page.matchAll(/^```sh\n([^]*?)^```$/gm)].map(([, block = ""]) => block);

test("the commands in docs/how-to/evaluate-prompts.md do what the page says", async () => {
  const stack = await startStack();
  const folder = mkdtempSync(join(tmpdir(), "promptops-test-"));
  try {
    await stack.platform.startEvaluator("evaluator");
    const { key } = await stack.tenant("one");
    const env = { ...process.env, URL: stack.url, KEY: key };
    const script = commands.join("echo; echo ---\n");
    const { stdout } = await promisify(execFile)("bash", ["-u", "-c", script], { cwd: folder, env, timeout: 120_000 });
    const [, label, execution, items, , results, refused, overridden] = stdout.split("\n---\n");
    expect(label).toMatch(/"label":"production","version":1.*\n?.*"version":2/);
    expect(execution).toContain('"state":"queued"');
    expect(items).toContain('{"firstItem":1,"items":3}');
    expect(results).toContain('"state":"succeeded"');
    expect(results).toContain('"passRateInterval"');
    expect(results).toContain('"expected":"Nairobi"');
    expect(refused).toContain('"label":"production","version":2');
    expect(stdout).toContain('"code":"gate_not_passed"');
    expect(stdout).toContain('"reason":"Version 2 is too terse."');
    expect(overridden).toContain("In the last experiment, 'shorter-question', it reached a mean of 0.25");
  } finally {
    rmSync(folder, { recursive: true });
    await stack.stop();
  }
});
