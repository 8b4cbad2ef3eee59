import { existsSync, readdirSync, readFileSync } from "node:fs";
import { join } from "node:path";
import { expect, test } from "vitest";
import { environmentNames, root } from "../environments.ts";
import { type Editable, planOf } from "../plans.ts";

const folder = join(root, "docs", "runbooks");
const plans = await Promise.all(environmentNames.map((name) => planOf(name)));
const rules = plans
  .flatMap(({ objects }) => objects.map(({ manifest }) => manifest))
  .filter(({ kind }) => kind === "PrometheusRule")
  .flatMap(({ spec }) => (spec as Editable).groups)
  .flatMap((group: Editable) => group.rules as Editable[]);
const alerts = new Map(rules.flatMap((rule: Editable) => (rule.alert ? [[rule.alert as string, rule] as const] : [])));
test("every alert has a runbook, leads to it, and says how urgent it is", () => {
  expect(alerts.size).toBeGreaterThan(15);
  for (const [name, { annotations, labels }] of alerts) {
    expect(existsSync(join(folder, `${name}.md`)), name).toBe(true);
    expect(annotations.runbook_url, name).toMatch(new RegExp(`/docs/runbooks/${name}\\.md$`));
    expect(["page", "ticket"], name).toContain(labels.severity);
    expect(annotations.summary, name).not.toBe("");
  }
});

test("every runbook is an alert's, and the index names each", () => {
  const index = readFileSync(join(folder, "README.md"), "utf8");
  for (const file of readdirSync(folder).filter((each) => each !== "README.md")) {
    expect(alerts.has(file.replace(/\.md$/, "")), file).toBe(true);
    expect(index).toContain(`](${file})`);
  }
});
