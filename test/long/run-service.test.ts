import { spawn } from "node:child_process";
import { connect } from "node:net";
import { join } from "node:path";
import { expect, test } from "vitest";
import { root } from "../environments.ts";
import { until } from "../services/stack.ts";

function start(): { out: () => string; kill: () => void; ended: Promise<number | null> } {
  let out = "";
  const args = ["--import", import.meta.resolve("tsx"), join(root, "test/services/stuck-service.ts")];
  const child = spawn(process.execPath, args, {
    env: { ...process.env, PROMPTOPS_ENVIRONMENT: "test", PROMPTOPS_ADDRESS: "127.0.0.1" },
  });
  child.stdout.on("data", (chunk: Buffer) => (out += chunk.toString()));
  return {
    out: () => out,
    kill: () => child.kill("SIGTERM"),
    ended: new Promise((resolve) => child.once("exit", resolve)),
  };
}

test("a service that cannot let go ends all the same, soon after its drain, and says so", async () => {
  const service = start();
  await until("it to start", () => Promise.resolve(service.out().includes('"msg":"started"') || undefined));
  service.kill();
  expect(await service.ended).toBe(1);
  expect(service.out()).toContain("not everything was let go within the drain");
});

test("a second signal ends a service at once", async () => {
  const service = start();
  await until("it to start", () => Promise.resolve(service.out().includes('"msg":"started"') || undefined));
  service.kill();
  await until("it to drain", () => Promise.resolve(service.out().includes('"msg":"draining"') || undefined));
  service.kill();
  expect(await service.ended).toBe(1);
  expect(service.out()).not.toContain("not everything was let go");
});

/** What a server answers to a request for a target that need not be a URL's path. */
const ask = (port: number, target: string): Promise<string> =>
  new Promise((resolve, reject) => {
    let answer = "";
    const socket = connect(port, "127.0.0.1", () => {
      socket.write(`GET ${target} HTTP/1.1\r\nHost: x\r\nConnection: close\r\n\r\n`);
    });
    socket.on("data", (chunk) => (answer += chunk.toString()));
    socket.on("close", () => {
      resolve(answer);
    });
    socket.on("error", reject);
  });

test("no request to the port of the probes ends a service, also one for what is no URL", async () => {
  const service = start();
  const started = await until("it to start", () =>
    Promise.resolve(/"ports":(\{.*?\}),"msg":"started"/.exec(service.out())?.[1]),
  );
  const { health } = JSON.parse(started) as { health: number };
  for (const target of ["//", "/\\\\", "http://["])
    expect(await ask(health, target), target).toMatch(/^HTTP\/1\.1 40[04]/);
  expect(await ask(health, "/health/live?from=kubelet")).toMatch(/^HTTP\/1\.1 200/);
  service.kill();
  expect(await service.ended).toBe(1);
});
