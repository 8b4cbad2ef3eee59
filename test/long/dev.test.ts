import { execFileSync } from "node:child_process";
import { createServer, type Server } from "node:net";
import { describe, expect, test } from "vitest";
import { isAlive } from "../../local/is-alive.ts";
import { childrenOf, copied, devProject, EXECUTE, LIST, LOG_IN, startedPids, welcomed } from "../cli/dev.ts";
import { tenantWith, until } from "../services/stack.ts";

const { start } = devProject();

/** Signs in at the console with the login that is printed for it. */
async function signInAt(out: string): Promise<Response> {
  const [, url = ""] = /^ {2}console {2}(\S+)/m.exec(out) ?? [];
  const [, email, organization, password] = /^ {2}login {4}(\S+) of '(\S+)', password (\S+)$/m.exec(out) ?? [];
  return fetch(`${url}/session`, {
    method: "POST",
    headers: { "content-type": "application/json", origin: url },
    body: JSON.stringify({ organization, email, password }),
  });
}

/** In one file, since each takes the ports of descriptors. */
describe("promptops dev", () => {
  test("starts everything, prints lines that work, stops cleanly, and knows its data at the next start", async () => {
    const first = start();
    const out = await welcomed(first);
    expect(await copied(out, EXECUTE)).toMatchObject({ state: "queued" });
    const execution = await until("the execution to end", async () => {
      const [found] = (await copied(out, LIST)).executions ?? [];
      return found?.state === "succeeded" ? found : undefined;
    });
    const [, url = "", operatorKey = ""] =
      /PROMPTOPS_URL=(\S+) PROMPTOPS_OPERATOR_KEY=(\S+) npx promptops tenant list/.exec(out) ?? [];
    const { token = "" } = await copied(out, LOG_IN);
    expect((await tenantWith(url, token).call("GET", "/users")).body.users).toMatchObject([{ role: "owner" }]);
    expect((await tenantWith(url, operatorKey).call("GET", "/admin/tenants")).body.tenants).toMatchObject([
      { name: "example" },
    ]);
    expect((await signInAt(out)).status).toBe(200);
    await until("what it used to be counted", async () => {
      const { days } = (await tenantWith(url, token).call("GET", "/usage/daily")).body;
      return days.length === 1 && days[0].succeeded === 1 ? true : undefined;
    });
    const pids = ["model-simulator", "api", "worker", "analytics", "evaluator", "notifications", "console"].flatMap(
      (name) => startedPids(out, name),
    );
    expect(pids).toHaveLength(8);
    expect(pids.every(isAlive)).toBe(true);

    const second = start();
    expect(await second.ended).toBe(2);
    expect(second.out()).toMatch(
      /^promptops dev runs here already \(process \d+\)\. Stop that one first\. If it is another program, delete \S+\.$/m,
    );

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
    const orphans = ["model-simulator", "api", "worker", "analytics", "evaluator", "notifications", "console"].flatMap(
      (name) => startedPids(outAgain, name),
    );
    await until("what it started to end with it", () => Promise.resolve(!orphans.some(isAlive) || undefined));
  });

  test("stops when it is told to while it starts, and begins nothing more", async () => {
    const dev = start();
    await until("its first step", () => Promise.resolve(/^starting: a model/m.test(dev.out()) || undefined));
    dev.process.kill("SIGINT");
    expect(await dev.ended).toBe(0);
    expect(dev.out()).toMatch(/^stopping; /m);
    expect(dev.out()).not.toContain("starting: API");
  });

  test("finishes what is in progress before it stops the model, and prints a line that follows a WebSocket", async () => {
    const dev = start();
    const out = await welcomed(dev);
    const [, line = ""] = /^ *(node -e .*)$/m.exec(out) ?? [];
    const events = execFileSync("sh", ["-c", line], { encoding: "utf8" }).trim().split("\n");
    expect(events.map((event) => (JSON.parse(event) as { type: string }).type).at(-1)).toBe("job_complete");
    const ends = (text: string): number => [...text.matchAll(/ attempt ended .*state=succeeded/g)].length;
    for (let count = 0; count < 8; count += 1) await copied(out, EXECUTE);
    await until("a worker to ask the model", async () => {
      const { executions = [] } = await copied(out, LIST);
      return executions[0]?.state === "queued" ? undefined : true;
    });
    dev.process.kill("SIGINT");
    expect(await dev.ended).toBe(0);
    // The one above too.
    expect(ends(dev.out())).toBe(1 + 8);
    expect(dev.out()).not.toMatch(/state=queued/);
  });

  test("starts Postgres again that was killed, and ends when its parent does", async () => {
    const dev = start({ below: "sh" });
    const out = await welcomed(dev);
    const [postgres = 0] = childrenOf(dev.process.pid ?? 0, "postgres");
    process.kill(postgres, "SIGKILL");
    await until("the word of its end", () => Promise.resolve(/^Postgres ended/m.test(dev.out()) || undefined));
    await until("an answer", async () =>
      (await copied(out, EXECUTE).catch(() => undefined))?.state ? true : undefined,
    );
    const pids = [
      ...["model-simulator", "api", "worker", "analytics", "evaluator", "notifications", "console"].flatMap((name) =>
        startedPids(out, name),
      ),
      postgres,
    ];
    dev.process.kill("SIGKILL");
    await until("everything to end", () => Promise.resolve(!pids.some(isAlive) || undefined));
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
