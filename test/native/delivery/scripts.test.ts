import { execFile, execFileSync } from "node:child_process";
import { writeFileSync } from "node:fs";
import { createServer, type IncomingMessage, type Server } from "node:http";
import { join } from "node:path";
import { promisify } from "node:util";
import { afterAll, beforeAll, describe, expect, test } from "vitest";
import { portOfServer } from "../../../services/shared/runtime/probes.ts";
import { root } from "../../environments.ts";
import { type Stack, startStack } from "../../services/stack.ts";
import { type Clone, cloneRepository } from "../clone.ts";

const run = promisify(execFile);
const scriptOf = (name: string): string => join(root, ".github", "scripts", name);

/** Runs a script; what it prints. A failure has the status as `code`, and what it printed. */
async function script(name: string, args: readonly string[], env: NodeJS.ProcessEnv = {}, cwd = root): Promise<string> {
  const { stdout } = await run(scriptOf(name), args, { cwd, env: { ...process.env, ...env } });
  return stdout;
}

let clone: Clone;
beforeAll(() => {
  clone = cloneRepository();
});
afterAll(() => {
  clone.remove();
});
const git = (...args: string[]): string =>
  execFileSync("git", ["-C", clone.origin, ...args], { encoding: "utf8" }).trim();
const inClone = (name: string, ...args: string[]): Promise<string> => script(name, args, clone.env, clone.folder);

describe("publish-manifests.sh", () => {
  test("makes the branch, with objects and nothing else, of the images that were built", async () => {
    await inClone("publish-manifests.sh", "staging", "sha-0a1b2c3d");
    const paths = git("ls-tree", "-r", "--name-only", "rendered/staging").split("\n");
    expect(paths.length).toBeGreaterThan(50);
    expect(paths.filter((path) => !/^\d\d-[a-z]+\/[^/]+\.yaml$/.test(path))).toEqual([]);
    expect(git("grep", "--only-matching", "-h", "promptops/api:.*", "rendered/staging")).toMatch(
      /^(promptops\/api:sha-0a1b2c3d\n?)+$/,
    );
  });

  test("pushes nothing where nothing has changed, and one commit on top where something has", async () => {
    const before = git("rev-parse", "rendered/staging");
    expect(await inClone("publish-manifests.sh", "staging", "sha-0a1b2c3d")).toMatch(/nothing has changed/);
    expect(git("rev-parse", "rendered/staging")).toBe(before);
    await inClone("publish-manifests.sh", "staging", "v1.2.3");
    expect(git("rev-parse", "rendered/staging^")).toBe(before);
  });

  test("refuses a version that moves, and leaves no working tree behind", async () => {
    await expect(inClone("publish-manifests.sh", "staging", "latest")).rejects.toThrow(/--release has 'latest'/);
    const trees = execFileSync("git", ["-C", clone.folder, "worktree", "list"], { encoding: "utf8" });
    expect(trees.trim().split("\n")).toHaveLength(1);
  });
});

test("keep-plan.sh keeps each plan on top of the last, also from a fresh clone", async () => {
  await inClone("keep-plan.sh", "development");
  const first = git("rev-parse", "plans/development");
  expect(git("ls-tree", "-r", "--name-only", "plans/development")).toBe("plan.json");
  execFileSync("git", ["-C", clone.folder, "branch", "-D", "plans/development"]);
  execFileSync("sed", ["-i", "s/version: v[0-9.]*$/version: v9.9.9/", join(clone.folder, "Pulumi.development.yaml")]);
  await inClone("keep-plan.sh", "development");
  expect(git("rev-parse", "plans/development^")).toBe(first);
});

/** Stands for the API of GitHub, a chat or Loki: keeps what it is sent. */
async function listen(
  answer: (request: IncomingMessage, body: string) => object,
): Promise<{ server: Server; url: string }> {
  const server = createServer((request, response) => {
    let body = "";
    request.on("data", (chunk: Buffer) => (body += chunk.toString()));
    request.on("end", () => {
      response.setHeader("content-type", "application/json");
      response.end(JSON.stringify(answer(request, body)));
    });
  });
  await new Promise<void>((resolve) => server.listen(0, "127.0.0.1", resolve));
  return { server, url: `http://127.0.0.1:${portOfServer(server)}` };
}

describe("comment.sh", () => {
  interface Comment {
    id: number;
    body: string;
    user: { type: string };
  }
  const comments: Comment[] = Array.from({ length: 100 }, (_, id) => ({
    id,
    body: "of somebody",
    user: { type: "User" },
  }));
  const asked: string[] = [];

  test("writes one comment, and the next time that one again, whichever page it is on", async () => {
    const { server, url } = await listen((request, text) => {
      const { pathname, searchParams } = new URL(request.url ?? "", "http://github");
      asked.push(`${request.method ?? ""} ${pathname} ${request.headers.authorization ?? ""}`);
      if (request.method === "GET") {
        const page = Number(searchParams.get("page"));
        return comments.slice(100 * (page - 1), 100 * page);
      }
      const { body } = JSON.parse(text) as Comment;
      const [, id] = /comments\/(\d+)$/.exec(pathname) ?? [];
      const found = comments.find((each) => String(each.id) === id);
      if (found) found.body = body;
      else comments.push({ id: comments.length, body, user: { type: "Bot" } });
      return {};
    });
    const env = { GITHUB_TOKEN: "of-a-job", GITHUB_REPOSITORY: "promptops/platform", GITHUB_API_URL: url };
    const file = join(clone.folder, "..", "plan.md");
    for (const text of ["one `$(id)` change", "two changes"]) {
      writeFileSync(file, text);
      await script("comment.sh", ["7", "What this changes", file], env);
    }
    server.close();
    expect(comments.slice(100).map(({ body }) => body)).toEqual([
      "<!-- promptops: What this changes -->\n## What this changes\n\ntwo changes",
    ]);
    expect(asked.at(-1)).toBe("PATCH /repos/promptops/platform/issues/comments/100 Bearer of-a-job");
  });

  test("fails where it may not write, with what GitHub says", async () => {
    const env = { GITHUB_TOKEN: "none", GITHUB_REPOSITORY: "a/b", GITHUB_API_URL: "http://127.0.0.1:1" };
    await expect(script("comment.sh", ["7", "title", scriptOf("comment.sh")], env)).rejects.toThrow(
      /Failed to connect|refused/,
    );
  });
});

describe("smoke.sh, on the services", () => {
  let stack: Stack;
  let env: NodeJS.ProcessEnv;
  beforeAll(async () => {
    stack = await startStack();
    const tenant = await stack.tenant("smoke");
    const prompt = await tenant.prompt("smoke", { variables: { text: { default: "Say hello." } } });
    env = { SMOKE_API_KEY: tenant.key, SMOKE_PROMPT: prompt };
  });
  afterAll(async () => {
    await stack.stop();
  });

  test("asks whether the API is ready, and executes a prompt to its end", async () => {
    expect(await script("smoke.sh", [stack.url], env)).toMatch(/^ready: http.*\nsucceeded: execution [0-9a-f-]{36}\n$/);
  });

  test("fails with the reason when the model does", async () => {
    await stack.fault({ kind: "status", status: 400 });
    await expect(script("smoke.sh", [stack.url], env)).rejects.toThrow(/"state":"failed"/);
  });

  test("fails when nobody answers, within its time", async () => {
    await expect(script("smoke.sh", ["http://127.0.0.1:1", "1"], env)).rejects.toThrow(
      /the API is ready: not within 1 s/,
    );
  });
});

describe("notify.sh", () => {
  const env = { GITHUB_SERVER_URL: "https://github.com", GITHUB_REPOSITORY: "a/b", GITHUB_RUN_ID: "1" };
  const text = 'staging: deployment of "v1": done (https://github.com/a/b/actions/runs/1)';

  test("tells the chat and Loki what was done, and how it ended", async () => {
    const told: unknown[] = [];
    const { server, url } = await listen((request, body) => {
      told.push([request.url, request.headers.authorization, JSON.parse(body)]);
      return {};
    });
    const places = { CHAT_WEBHOOK_URL: `${url}/chat`, LOKI_PUSH_URL: `${url}/loki`, LOKI_AUTHORIZATION: "Basic abc" };
    await script("notify.sh", ["staging", 'deployment of "v1"', "done"], { ...env, ...places });
    server.close();
    const stream = { job: "delivery", environment: "staging", status: "done" };
    expect(told).toEqual([
      ["/chat", undefined, { text }],
      ["/loki", "Basic abc", { streams: [{ stream, values: [[expect.stringMatching(/^\d{19}$/), text]] }] }],
    ]);
  });

  test("warns, and fails nothing, when they do not answer", async () => {
    const places = { CHAT_WEBHOOK_URL: "http://127.0.0.1:1", LOKI_PUSH_URL: "http://127.0.0.1:1" };
    const said = await script("notify.sh", ["staging", "drift", "failed"], { ...env, ...places });
    expect(said.match(/^::warning::(The chat|Loki) could not be told/gm)).toHaveLength(2);
  });
});
