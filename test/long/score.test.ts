import { expect, test } from "vitest";
import { environmentNames } from "../environments.ts";
import { planOf } from "../plans.ts";
import { categories } from "../mutations/categories.ts";
import { printed, scoreOf, total } from "../mutations/score.ts";

const PER_CATEGORY = 50;

/** What is held of all damage, and of each category. Raise these with the proofs, never lower them. */
const MIN_CAUGHT = 0.95;
const MIN_CAUGHT_PER_CATEGORY = 0.85;

/** What may be judged harmless, of all damage. */
const MAX_HARMLESS = 0.02;

const seed = Number(process.env["SEED"] ?? 1);

test.each(environmentNames)("damage to %s is caught as often as is held", async (name) => {
  const scores = await scoreOf(await planOf(name), { perCategory: PER_CATEGORY, seed });
  console.log(printed(name, scores));
  const { caught, tried, harmless } = total(scores);
  expect(scores.map(({ category }) => category)).toEqual(categories);
  expect(caught / tried).toBeGreaterThanOrEqual(MIN_CAUGHT);
  expect(harmless / tried).toBeLessThanOrEqual(MAX_HARMLESS);
  const low = scores.filter((each) => each.caught < MIN_CAUGHT_PER_CATEGORY * each.tried);
  expect(low.map(({ category }) => category)).toEqual([]);
});
