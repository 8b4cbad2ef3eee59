import { existsSync, readdirSync, readFileSync } from "node:fs";
import { join } from "node:path";
import { expect, test } from "vitest";
import { foreignMetrics } from "../../platform/catalogue/metrics.ts";
import { environmentNames, root, services } from "../environments.ts";
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
    expect(["page", "ticket", "heartbeat"], name).toContain(labels.severity);
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

/** What the code really says: every string of the services, and the metrics that queries may read. */
const sources = readdirSync(join(root, "services"), { recursive: true, encoding: "utf8" })
  .filter((file) => file.endsWith(".ts"))
  .map((file) => readFileSync(join(root, "services", file), "utf8"))
  .join("\n");
const metrics = [
  ...foreignMetrics.map(({ name }) => name),
  ...services.flatMap((service) => service.metrics.map(({ name }) => name)),
];

interface Cited {
  readonly alerts: string[];
  readonly metrics: string[];
  readonly messages: string[];
}

/** What a page cites: other alerts, metrics of a query, and words that logs are searched for or errors are called. */
function citedIn(text: string): Cited {
  const code = [...text.matchAll(/`([^`]+)`/g)].map(([, words = ""]) => words);
  return {
    alerts: [...text.matchAll(/\]\((\w+)\.md\)/g)].map(([, name = ""]) => name),
    metrics: code.flatMap((words) => [...words.matchAll(/\b([a-z:_]+)\{/g)].map(([, name = ""]) => name)),
    messages: [
      ...code.flatMap((words) => [...words.matchAll(/grep '([^']+)'/g)].map(([, words_ = ""]) => words_)),
      ...[...text.matchAll(/50\d with `([^`]+)`/g)].map(([, name = ""]) => name),
      ...[...text.matchAll(/start with `([^`]+)`/g)].map(([, name = ""]) => name),
    ],
  };
}

const missingFrom = ({ alerts: named, metrics: read, messages }: Cited): string[] => [
  ...named.filter((name) => !alerts.has(name)),
  ...read.filter((name) => !metrics.includes(name)),
  ...messages.filter((words) => !sources.includes(words)),
];

test("alerts, metrics and log messages that a runbook cites exist in the code", () => {
  const pages = readdirSync(folder).filter((file) => file !== "README.md");
  for (const file of pages) expect(missingFrom(citedIn(readFileSync(join(folder, file), "utf8"))), file).toEqual([]);
});

test("a citation of what does not exist is found", () => {
  const text =
    "[Gone](Gone.md), `rate(no_such_total{job=\"x\"}[5m])`, `kubectl logs x | grep 'no such words'`, 503 with `no_such_error`";
  expect(missingFrom(citedIn(text))).toEqual(["Gone", "no_such_total", "no such words", "no_such_error"]);
});
