import { execFile } from "node:child_process";
import { cpSync, mkdtempSync, readFileSync, rmSync, symlinkSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { afterAll, beforeAll, expect, test } from "vitest";
import { environmentNames, root } from "../environments.ts";

/** A copy of the project, in which a stranger adds a service. */
let folder: string;
beforeAll(() => {
  folder = mkdtempSync(join(tmpdir(), "promptops-new-"));
  const left = ["node_modules", "dist", ".git", ".promptops"].map((name) => join(root, name));
  cpSync(root, folder, { recursive: true, filter: (path) => !left.includes(path) });
  symlinkSync(join(root, "node_modules"), join(folder, "node_modules"));
});
afterAll(() => {
  rmSync(folder, { recursive: true, force: true });
});

function run(command: string, args: readonly string[]): Promise<{ code: number; text: string }> {
  return new Promise((resolve) => {
    execFile(process.execPath, [command, ...args], { cwd: folder, encoding: "utf8" }, (error, out, err) => {
      resolve({ code: error ? Number(error.code) : 0, text: `${out}${err}` });
    });
  });
}
const promptops = (...args: string[]): ReturnType<typeof run> => run("cli/promptops.js", args);

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
}, 120_000);

test("two new services leave every proof of every environment as it was", async () => {
  const verdicts = async (): Promise<string[]> => {
    const { text } = await promptops("check");
    for (const name of environmentNames)
      for (const proof of ["fits-nodes", "fits-connections"])
        expect(text).toMatch(new RegExp(`^${name} +${proof} +holds$`, "m"));
    return text
      .split("\n")
      .filter((line) => / (require|valid|fits|no)-/.test(line) && !line.endsWith(" holds"))
      .toSorted();
  };
  const before = await verdicts();
  for (const name of ["invoices", "audits"]) expect((await promptops("new", "service", name)).code).toBe(0);
  expect(await verdicts()).toEqual(before);
}, 180_000);

test("a name that is taken, or none, is refused, and nothing is made", async () => {
  const before = readFileSync(join(folder, "services/api/service.ts"), "utf8");
  for (const [args, message] of [
    [["new", "service", "api"], /services\/api exists already/],
    [["new", "service", "My_Service"], /'My_Service' is not a valid service name/],
    [["new", "proof", "x"], /'proof' cannot be created\. Create one of service, environment, addon/],
    [["new", "service"], /^Too few arguments: promptops new service\|environment\|addon NAME/],
  ] as const) {
    const { code, text } = await promptops(...args);
    expect(code).toBe(2);
    expect(text).toMatch(message);
  }
  expect(readFileSync(join(folder, "services/api/service.ts"), "utf8")).toBe(before);
});
