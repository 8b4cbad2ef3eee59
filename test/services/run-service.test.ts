import { spawn } from "node:child_process";
import { join } from "node:path";
import { expect, test } from "vitest";
import { root } from "../environments.ts";
import { until } from "./stack.ts";

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
