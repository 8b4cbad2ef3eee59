import { execFileSync } from "node:child_process";
import { cpSync, mkdirSync, mkdtempSync, readdirSync, readFileSync, rmSync, writeFileSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { afterAll, beforeAll, describe, expect, test } from "vitest";
import { parse } from "yaml";
import { root } from "../../environments.ts";
import { lintWorkflows } from "./actionlint.ts";

interface Step {
  readonly uses?: string;
  readonly run?: string;
  readonly with?: Readonly<Record<string, unknown>>;
}

interface Job {
  readonly permissions?: Readonly<Record<string, string>>;
  readonly environment?: string;
  readonly steps?: readonly Step[];
  readonly "timeout-minutes"?: number;
  readonly uses?: string;
}

interface Workflow {
  readonly on: unknown;
  readonly permissions: unknown;
  readonly jobs: Readonly<Record<string, Job>>;
}

const github = join(root, ".github");
const names = readdirSync(join(github, "workflows"));
const sourceOf = (name: string): string => readFileSync(join(github, "workflows", name), "utf8");
const workflowOf = (name: string): Workflow => parse(sourceOf(name)) as Workflow;
const jobs = names.flatMap((name) => Object.entries(workflowOf(name).jobs).map(([job, is]) => ({ name, job, is })));

let folder = "";
beforeAll(() => {
  folder = mkdtempSync(join(tmpdir(), "workflows-"));
  execFileSync("git", ["init", "--quiet", folder]);
  cpSync(github, join(folder, ".github"), { recursive: true });
});
afterAll(() => {
  rmSync(folder, { recursive: true });
});

describe("actionlint", () => {
  test("finds nothing wrong, with shellcheck on every script", async () => {
    execFileSync("shellcheck", ["--version"]);
    expect(await lintWorkflows(folder)).toEqual([]);
  });

  test.each([
    ["an output that no step has", "run: echo ${{ steps.none.outputs.version }}", /"none"/],
    ["text of strangers in a script", "run: echo ${{ github.event.pull_request.title }}", /potentially untrusted/],
    ["an unquoted variable", "run: cat $FILE", /SC2086/],
  ])("sees %s", async (_, step, says) => {
    const broken = mkdtempSync(join(tmpdir(), "workflows-"));
    execFileSync("git", ["init", "--quiet", broken]);
    mkdirSync(join(broken, ".github", "workflows"), { recursive: true });
    const workflow = `on: pull_request\njobs:\n  one:\n    runs-on: ubuntu-24.04\n    steps:\n      - ${step}\n`;
    writeFileSync(join(broken, ".github", "workflows", "broken.yml"), workflow);
    expect(await lintWorkflows(broken)).toEqual([expect.stringMatching(says)]);
    rmSync(broken, { recursive: true });
  });
});

test("shellcheck finds nothing wrong in the scripts", () => {
  const scripts = readdirSync(join(github, "scripts")).map((name) => join(github, "scripts", name));
  execFileSync("shellcheck", [...scripts, join(root, ".ci", "run")], { stdio: "inherit" });
});

test("every action of others is pinned to a commit, with the release beside it, and to the same one everywhere", () => {
  const files = [...names.map((name) => join("workflows", name)), join("actions", "pulumi", "action.yml")];
  const lines = files.flatMap((file) => readFileSync(join(github, file), "utf8").split("\n"));
  const used = lines.flatMap((line) => /uses: (?!\.\/)(.*)$/.exec(line)?.[1] ?? []);
  expect(used.length).toBeGreaterThan(20);
  expect(used.filter((each) => !/^[\w-]+\/[\w/-]+@[0-9a-f]{40} # v\d+\.\d+\.\d+$/.test(each))).toEqual([]);
  const repositoryOf = (each: string): string => each.split("@")[0]?.split("/").slice(0, 2).join("/") ?? "";
  const pins = new Set(used.map((each) => `${repositoryOf(each)} ${each.split("@")[1] ?? ""}`));
  expect(pins.size).toBe(new Set(used.map(repositoryOf)).size);
});

test("no job has more than it asks for, and each ends", () => {
  for (const name of names) expect(workflowOf(name).permissions, name).toEqual({});
  const running = jobs.filter(({ is }) => is.uses === undefined);
  for (const { name, job, is } of running) expect(is["timeout-minutes"], `${name} ${job}`).toBeDefined();
});

describe("code of a pull request", () => {
  const ofPullRequest = jobs.filter(({ name }) => name === "pull-request.yml");
  const checkoutOf = ({ steps = [] }: Job): Step | undefined =>
    steps.find(({ uses }) => uses?.startsWith("actions/checkout@"));
  const runsIt = (is: Job): boolean =>
    checkoutOf(is) !== undefined &&
    checkoutOf(is)?.with?.["ref"] === undefined &&
    (is.steps ?? []).some(({ run, uses }) => run !== undefined || uses?.startsWith("./") === true);

  test("is never run with the rights of the base", () => {
    for (const name of names)
      expect(JSON.stringify(workflowOf(name).on), name).not.toMatch(/pull_request_target|workflow_run/);
  });

  test("runs where nothing can be written, and no secret is", () => {
    const running = ofPullRequest.filter(({ is }) => runsIt(is));
    expect(running.map(({ job }) => job)).toEqual(["test", "tiers", "plan", "preview", "scan"]);
    for (const { job, is } of running) {
      const writes = Object.entries(is.permissions ?? {}).flatMap(([key, may]) => (may === "write" ? [key] : []));
      expect(writes, job).toEqual(job === "preview" ? ["id-token"] : []);
      expect(JSON.stringify(is), job).not.toMatch(/secrets\./);
    }
  });

  test("gets to the cloud only after a reviewer has let it", () => {
    const toCloud = ofPullRequest.filter(({ is }) => is.permissions?.["id-token"] === "write");
    expect(toCloud.map(({ job, is }) => [job, is.environment])).toEqual([["preview", "preview"]]);
  });

  test("leaves no file where scripts of the base are run", () => {
    const downloads = ofPullRequest.flatMap(({ job, is: { steps = [] } }) =>
      steps
        .filter(({ uses }) => uses?.startsWith("actions/download-artifact@"))
        .map((step) => [job, step.with?.["path"]]),
    );
    expect(downloads).toEqual([
      // It checks nothing out, so there are no scripts.
      ["findings", undefined],
      ["comment", "artifact"],
      ["comment-preview", "previews"],
    ]);
  });

  test("leaves no token on disk", () => {
    for (const { job, is } of ofPullRequest.filter(({ is: each }) => checkoutOf(each)))
      expect(checkoutOf(is)?.with?.["persist-credentials"], job).toBe(false);
  });
});

test("one job of a deployment waits for reviewers and has the deployer's role; it may not write to the repository", () => {
  const ofDeployment = Object.entries(workflowOf("deploy.yml").jobs);
  const gated = ofDeployment.filter(([, { environment }]) => environment === "${{ inputs.environment }}");
  expect(gated.map(([job, { permissions }]) => [job, permissions])).toEqual([
    ["infrastructure", { contents: "read", "id-token": "write" }],
  ]);
  const assuming = ofDeployment.filter(([, { permissions }]) => permissions?.["id-token"] === "write");
  expect(assuming.map(([job]) => job)).toEqual(["infrastructure"]);
});
