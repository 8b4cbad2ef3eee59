import { type ChildProcess, spawn } from "node:child_process";
import { createHash } from "node:crypto";
import { mkdtempSync, rmSync } from "node:fs";
import { createServer, type Server } from "node:net";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { afterAll, beforeAll, describe, expect, test } from "vitest";
import { isAlive } from "../../local/is-alive.ts";
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

/** Sends what a printed curl line sends. */
async function copied(
  out: string,
  pattern: RegExp,
): Promise<{ state?: string; executions?: { id: string; state: string }[] }> {
  const [line = ""] = pattern.exec(out) ?? [];
  const url = /https?:[^\s']+/.exec(line)?.[0] ?? "";
  const headers = [...line.matchAll(/-H '([^:]+): ([^']+)'/g)].map(([, name = "", value = ""]): [string, string] => [
    name,
    value,
  ]);
  const body = /-d '([^']+)'/.exec(line)?.[1];
  const method = /-X (\w+)/.exec(line)?.[1] ?? "GET";
  const response = await fetch(url, { method, headers, ...(body !== undefined && { body }) });
  return (await response.json()) as object;
}
const EXECUTE = /^ *curl .*\/execute .*$/m;
const LIST = /^ *curl .*executions\?limit=1.*$/m;

/** The processes that said that they have started, by the name before each line. */
function startedPids(out: string, name: string): number[] {
  const lines = out.matchAll(new RegExp(`^\\S+ ${name}\\S* +info +started .*pid=(\\d+)$`, "gm"));
  return [...lines].map(([, pid]) => Number(pid));
}

describe("promptops dev", () => {
  test("starts everything, prints lines that work, stops cleanly, and knows its data at the next start", async () => {
    const first = start();
    const out = await welcomed(first);
    expect(await copied(out, EXECUTE)).toMatchObject({ state: "queued" });
    const execution = await until("the execution to end", async () => {
      const [found] = (await copied(out, LIST)).executions ?? [];
      return found?.state === "succeeded" ? found : undefined;
    });
    const pids = ["model-simulator", "api", "worker"].flatMap((name) => startedPids(out, name));
    expect(pids).toHaveLength(4);
    expect(pids.every(isAlive)).toBe(true);

    const second = start();
    expect(await second.ended).toBe(2);
    expect(second.out()).toMatch(/^promptops dev runs here already \(process \d+\)\. Stop that one first\.$/m);

    first.process.kill("SIGINT");
    expect(await first.ended).toBe(0);
    expect(first.out()).toMatch(/^stopping; /m);
    expect(pids.some(isAlive)).toBe(false);

    const again = start();
    const outAgain = await welcomed(again);
    expect(outAgain).toContain("with the data of last time");
    expect((await copied(outAgain, LIST)).executions?.[0]?.id).toBe(execution.id);
    expect(EXECUTE.exec(outAgain)?.[0].replace(/:\d+/, "")).toBe(EXECUTE.exec(out)?.[0].replace(/:\d+/, ""));
    again.process.kill("SIGKILL");
    await again.ended;
    const orphans = ["model-simulator", "api", "worker"].flatMap((name) => startedPids(outAgain, name));
    await until("what it started to end with it", () => Promise.resolve(!orphans.some(isAlive) || undefined));
  });

  test("starts a service again that was killed, at the same address", async () => {
    const dev = start();
    try {
      const out = await welcomed(dev);
      for (const pid of startedPids(out, "api")) process.kill(pid, "SIGKILL");
      await until("the word of its end", () => Promise.resolve(/^api ended/m.test(dev.out()) || undefined));
      const again = await until("an answer at the same address", () => copied(out, EXECUTE).catch(() => undefined));
      expect(again).toMatchObject({ state: "queued" });
    } finally {
      dev.process.kill("SIGINT");
      await dev.ended;
    }
  });

  test("takes other ports where its own are taken", async () => {
    const takers = await Promise.all([8080, 8000, 9081].map(occupy));
    const dev = start();
    try {
      const out = await welcomed(dev);
      expect(out).not.toMatch(/API +http:\/\/127\.0\.0\.1:8080/);
      expect(await copied(out, EXECUTE)).toMatchObject({ state: "queued" });
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
