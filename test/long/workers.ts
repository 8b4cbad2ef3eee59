import { afterEach } from "vitest";
import type { ServiceProcess } from "../../local/service-process.ts";
import type { Stack } from "../services/stack.ts";

/** Returns a function that starts a worker, and kills all of them after each test: one that is left would take the next test's executions. */
export function workersOf(stack: () => Stack): (name: string) => Promise<ServiceProcess> {
  let started: ServiceProcess[] = [];
  afterEach(async () => {
    await Promise.all(started.map((worker) => worker.kill()));
    started = [];
  });
  return async (name) => {
    const worker = await stack().platform.startWorker(name);
    started.push(worker);
    return worker;
  };
}
