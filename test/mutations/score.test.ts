import { expect, test } from "vitest";
import { planOf } from "../plans.ts";
import { printed, scoreOf, total } from "./score.ts";

/** Held by this sample; the whole run, with its parts per category, is in test/long/score.test.ts. */
const MIN_CAUGHT = 0.95;

test("a fixed sample of damage to production's plan is caught as often as before", async () => {
  const scores = await scoreOf(await planOf("production"), { perCategory: 2, seed: 20261128 });
  console.log(printed("production", scores));
  expect(total(scores).tried).toBe(30);
  expect(total(scores).caught / total(scores).tried).toBeGreaterThanOrEqual(MIN_CAUGHT);
});
