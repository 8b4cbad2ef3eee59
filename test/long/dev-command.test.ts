import { describe, expect, test } from "vitest";
import { isAlive } from "../../local/is-alive.ts";
import { until } from "../services/stack.ts";
import { copied, devProject, EXECUTE, LIST, startedPids, welcomed } from "../cli/dev.ts";

const { start } = devProject();

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
});
