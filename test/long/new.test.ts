import { readFileSync } from "node:fs";
import { join } from "node:path";
import { expect, test } from "vitest";
import { copyProject } from "../cli/project-copy.ts";

const { folder, promptops, run } = copyProject();

test("a new service plans, keeps every proof, and passes its own test on a real Postgres at once", async () => {
  const made = await promptops("new", "service", "nightly-reports");
  expect(made.code, made.text).toBe(0);
  expect(made.text).toMatch(/^created services\/nightly-reports\/service\.ts\n/);

  const checked = await promptops("check", "production", "development");
  expect(checked.text).not.toMatch(/ (fails|was|takes) /);
  expect(checked.code, checked.text).toBe(0);

  const tested = await run("node_modules/vitest/vitest.mjs", ["run", "test/services/nightly-reports.test.ts"]);
  expect(tested.code, tested.text).toBe(0);
  expect(tested.text).toMatch(/3 passed/);
});

test("a name that is taken, or none, is refused, and nothing is made", async () => {
  const before = readFileSync(join(folder(), "services/api/service.ts"), "utf8");
  for (const [args, message] of [
    [["new", "service", "api"], /services\/api already exists/],
    [["new", "service", "My_Service"], /'My_Service' is not a valid service name/],
    [["new", "proof", "x"], /'proof' cannot be created\. Create one of service, environment, addon/],
    [["new", "service"], /^Too few arguments: promptops new service\|environment\|addon NAME/],
  ] as const) {
    const { code, text } = await promptops(...args);
    expect(code).toBe(2);
    expect(text).toMatch(message);
  }
  expect(readFileSync(join(folder(), "services/api/service.ts"), "utf8")).toBe(before);
});
