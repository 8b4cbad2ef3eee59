import { randomInt } from "node:crypto";
import { setTimeout as pause } from "node:timers/promises";
import type { Log } from "../runtime/log.ts";

/** Postgres' codes of a serialization failure and of a deadlock: it undid everything, and the same work may succeed now. */
const CONFLICTS = new Set(["40001", "40P01"]);
const MAX_TRIES = 5;
/** Milliseconds before the second try, at most; doubled for each one after it. */
const FIRST_PAUSE = 20;

/** Does work that Postgres undid because it met other work again, five times in all. Another error is thrown at once. */
export async function retryConflicts<Result>(work: () => Promise<Result>, log: Log): Promise<Result> {
  for (let tries = 1; ; tries++) {
    try {
      return await work();
    } catch (error) {
      if (tries === MAX_TRIES || !CONFLICTS.has(codeOf(error))) throw error;
      log.warn({ err: error, tries }, "a transaction met another one; it is tried again");
      await pause(randomInt(FIRST_PAUSE * 2 ** (tries - 1)) + 1);
    }
  }
}

/** Whether Postgres refused a value itself: what it holds, its size, or a constraint. The same value is refused again. */
export const isRefusal = (error: unknown): error is Error => /^(22|23|54)/.test(codeOf(error));

/** Whether Postgres refused a row since another one has its key or name. */
export const isUniqueViolation = (error: unknown): boolean => codeOf(error) === "23505";

const codeOf = (error: unknown): string => (error as { readonly code?: string } | undefined)?.code ?? "";
