import { readFileSync } from "node:fs";
import { join } from "node:path";
import { expect, test } from "vitest";
import { costsOf, formatUsd } from "../../proofs/evaluation/costs.ts";
import { root } from "../environments.ts";
import { planOf } from "../plans.ts";

const page = readFileSync(join(root, "docs", "cost.md"), "utf8");

test.each(["production", "staging", "production-lke"])("docs/cost.md says what %s costs", async (name) => {
  const plan = await planOf(name);
  const { min, expected, max } = costsOf(plan).total;
  const cells = [min, expected, max, plan.expected.budget ?? 0].map(formatUsd);
  expect(page).toContain(`| ${[name, ...cells].join(" | ")} |`);
});

test("docs/cost.md says what makes production's cost", async () => {
  const { lines, total } = costsOf(await planOf("production"));
  const minimum = (of: (line: (typeof lines)[number]) => boolean): string =>
    formatUsd(lines.filter(of).reduce((sum, { min }) => sum + min, 0));
  const isExtra = (layer: string, pool: string | undefined): boolean => layer === "Database" || pool === "gpu";
  expect(page).toContain(
    `cost ${minimum(({ pool, item }) => pool !== undefined && pool !== "gpu" && /^(EC2|EBS)/.test(item))} with their disks`,
  );
  expect(page).toContain(`that is ${minimum(({ layer, pool }) => !isExtra(layer, pool))}.`);
  expect(page).toContain(`| two nodes with GPUs | ${minimum(({ pool }) => pool === "gpu").replace(" USD", "")} |`);
  expect(page).toContain(`| managed Postgres | ${minimum(({ layer }) => layer === "Database").replace(" USD", "")} |`);
  expect(page).toContain(`| autoscaling to the maximum | ${formatUsd(total.max - total.min).replace(" USD", "")} |`);
});
