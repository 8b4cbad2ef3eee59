import { pino } from "pino";
import { afterAll, beforeAll, describe, expect, test } from "vitest";
import { limitRepeats } from "../../services/shared/runtime/limit-repeats.ts";
import { startStack, type Stack, until } from "../services/stack.ts";

describe("a warning about an error that recurs", () => {
  const failure = (code: string): Error => Object.assign(new Error("away"), { code });

  test("is written when it begins, and then with its count for as long as it recurs", async () => {
    const lines: string[] = [];
    const log = pino({ hooks: { logMethod: limitRepeats(50) } }, { write: (line) => lines.push(line) });
    const written = (): { msg: string; repeated?: number }[] =>
      lines.map((line) => JSON.parse(line) as { msg: string });
    for (let count = 0; count < 100; count += 1) log.child({ x: count }).warn({ err: failure("A") }, "failed");
    log.warn({ err: failure("B") }, "failed");
    log.warn({ err: failure("A") }, "failed otherwise");
    for (let count = 0; count < 2; count += 1) log.error({ err: failure("A") }, "failed");
    for (let count = 0; count < 2; count += 1) log.warn("no error");
    expect(written().map(({ msg }) => msg)).toEqual([
      ...["failed", "failed", "failed otherwise", "failed", "failed", "no error", "no error"],
    ]);
    await until("the count", () => Promise.resolve(written().some(({ repeated }) => repeated === 99) || undefined));
    // Once it is over, nothing more is written, and the next time it is written at once.
    const length = await until("silence", async () => {
      const before = lines.length;
      await new Promise((resolve) => setTimeout(resolve, 200));
      return lines.length === before ? before : undefined;
    });
    log.warn({ err: failure("A") }, "failed");
    expect(
      written()
        .slice(length)
        .map(({ msg, repeated }) => [msg, repeated]),
    ).toEqual([["failed", undefined]]);
  });
});

describe("while the database is away", () => {
  let stack: Stack;
  beforeAll(async () => {
    stack = await startStack();
  });
  afterAll(async () => {
    await stack.stop();
  });

  test("services write each failure once, and not every time that they try", async () => {
    const one = await stack.tenant("one");
    const id = await one.execute(await one.prompt("echo"), "x");
    await one.follow(id);
    const before = stack.lines.length;
    await stack.platform.postgres.pause();
    // Longer than any pause between two attempts, many times over.
    const end = Date.now() + 10_000;
    while (Date.now() < end) await one.call("GET", "/prompts");
    const lines = stack.lines.slice(before).map(({ service, line }) => {
      const { level, msg, err } = JSON.parse(line) as {
        level: string;
        msg: string;
        err?: { type: string; code?: string };
      };
      return { level, key: `${service} ${msg} ${err?.type ?? ""} ${err?.code ?? ""}` };
    });
    await stack.platform.postgres.resume();
    const warnings = lines.filter(({ level }) => level === "warn").map(({ key }) => key);
    expect(warnings.length).toBeGreaterThan(0);
    expect(warnings.length).toBe(new Set(warnings).size);
  });
});
