import { type ChildProcess, spawn, spawnSync } from "node:child_process";
import { createHash } from "node:crypto";
import { mkdtempSync, rmSync } from "node:fs";
import { createServer, type Server } from "node:net";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { afterAll, beforeAll, describe, expect, test } from "vitest";
import { root } from "../environments.ts";
import { until } from "../services/stack.ts";

let project: string;
beforeAll(() => {
  project = mkdtempSync(join(tmpdir(), "promptops-dev-test-"));
});
afterAll(() => {
  rmSync(project, { recursive: true, force: true });
  // Where root's state is kept: see stateFolder.
  const name = createHash("sha256").update(project).digest("hex").slice(0, 12);
  if (process.getuid?.() === 0) rmSync(join("/var/lib/promptops", name), { recursive: true, force: true });
});

interface Dev {
  readonly process: ChildProcess;
  readonly out: () => string;
  readonly ended: Promise<number | null>;
}

function start(): Dev {
  let out = "";
  const process_ = spawn(process.execPath, [join(root, "cli/promptops.js"), "dev"], { cwd: project });
  for (const stream of [process_.stdout, process_.stderr])
    stream.on("data", (chunk: Buffer) => (out += chunk.toString()));
  return { process: process_, out: () => out, ended: new Promise((resolve) => process_.once("exit", resolve)) };
}

const welcomed = (dev: Dev): Promise<string> =>
  until("the word that it runs", () => {
    if (dev.process.exitCode !== null) throw new Error(dev.out());
    return Promise.resolve(/What follows is what the services log/.test(dev.out()) ? dev.out() : undefined);
  });

/** Runs the command line that is printed, as somebody who copies it does. */
const copied = (
  out: string,
  pattern: RegExp,
): { id?: string; state?: string; executions?: { id: string; state: string }[] } => {
  const [line = ""] = pattern.exec(out) ?? [];
  const { stdout, stderr } = spawnSync("bash", ["-c", line], { encoding: "utf8" });
  if (stdout === "") throw new Error(`${line}\n${stderr}`);
  return JSON.parse(stdout) as { id?: string };
};
const EXECUTE = /^ *curl .*\/execute .*$/m;
const LIST = /^ *curl .*executions\?limit=1.*$/m;

const groupOf = (pid: number): string =>
  spawnSync("ps", ["-o", "pid=,args=", "--ppid", String(pid)], { encoding: "utf8" }).stdout;

describe("promptops dev", () => {
  test("starts everything, prints lines that work, stops cleanly, and knows its data at the next start", async () => {
    const first = start();
    const out = await welcomed(first);
    expect(copied(out, EXECUTE)).toMatchObject({ state: "queued" });
    const execution = await until("the execution to end", () => {
      const [found] = copied(out, LIST).executions ?? [];
      return Promise.resolve(found?.state === "succeeded" ? found : undefined);
    });
    expect(
      groupOf(first.process.pid ?? 0)
        .trim()
        .split("\n").length,
    ).toBeGreaterThanOrEqual(5);

    const second = start();
    expect(await second.ended).toBe(2);
    expect(second.out()).toMatch(/^promptops dev runs here already \(process \d+\)\. Stop that one first\.$/m);

    first.process.kill("SIGINT");
    expect(await first.ended).toBe(0);
    expect(first.out()).toMatch(/^stopping; /m);

    const again = start();
    const outAgain = await welcomed(again);
    expect(outAgain).toContain("with the data of last time");
    expect(copied(outAgain, LIST).executions?.[0]?.id).toBe(execution.id);
    expect(EXECUTE.exec(outAgain)?.[0].replace(/:\d+/, "")).toBe(EXECUTE.exec(out)?.[0].replace(/:\d+/, ""));
    again.process.kill("SIGKILL");
    await again.ended;
    await until("what it started to end with it", () => {
      const { stdout } = spawnSync("ps", ["-eo", "args="], { encoding: "utf8" });
      const name = createHash("sha256").update(project).digest("hex").slice(0, 12);
      return Promise.resolve(!stdout.includes(project) && !stdout.includes(name) ? true : undefined);
    });
  });

  test("takes other ports where its own are taken", async () => {
    const takers = await Promise.all([8080, 8000, 9081].map(occupy));
    const dev = start();
    try {
      const out = await welcomed(dev);
      expect(out).not.toMatch(/API +http:\/\/127\.0\.0\.1:8080/);
      expect(copied(out, EXECUTE)).toMatchObject({ state: "queued" });
    } finally {
      dev.process.kill("SIGINT");
      await dev.ended;
      takers.forEach((server) => server?.close());
    }
  });
});

/** Takes a port, unless somebody else has it already, which is as good. */
function occupy(port: number): Promise<Server | undefined> {
  return new Promise((resolve) => {
    const server = createServer();
    server.once("error", () => {
      resolve(undefined);
    });
    server.listen(port, "127.0.0.1", () => {
      resolve(server);
    });
  });
}
