import { execFileSync } from "node:child_process";
import { mkdtempSync, rmSync, writeFileSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { afterAll, beforeAll, expect } from "vitest";
import { stringify } from "yaml";
import { type Editable, planOf } from "../plans.ts";

/** Promtool of Debian's package `prometheus`, on the rules as they are rendered. */
export let folder = "";
beforeAll(() => {
  folder = mkdtempSync(join(tmpdir(), "promptops-rules-"));
});
afterAll(() => {
  rmSync(folder, { recursive: true });
});

export function promtool(...args: string[]): string {
  try {
    return execFileSync("promtool", args, { cwd: folder, encoding: "utf8", stdio: "pipe" });
  } catch (error) {
    const { code, stdout, stderr } = error as { code?: string; stdout: string; stderr: string };
    if (code === "ENOENT")
      throw new Error("promtool is missing: install Debian's package 'prometheus'.", { cause: error });
    return `FAILED ${stdout} ${stderr}`;
  }
}

export async function groupsOf(environment: string): Promise<Editable[]> {
  const { objects } = await planOf(environment);
  const rules = objects.map(({ manifest }) => manifest).filter(({ kind }) => kind === "PrometheusRule");
  return rules.flatMap(({ spec }) => (spec as Editable).groups);
}

export interface Case {
  readonly series: Readonly<Record<string, string>>;
  readonly at: string;
  readonly alert: string;
  /** Labels of each alert that fires. */
  readonly fires: readonly Readonly<Record<string, string>>[];
}

export async function outcome({ series, at, alert, fires }: Case): Promise<string> {
  const groups = (await groupsOf("production")) as { rules: { alert?: string; labels?: object }[] }[];
  const rule = groups.flatMap(({ rules }) => rules).find((each) => each.alert === alert);
  expect(rule, alert).toBeDefined();
  // What an alert says is not what is tested; its labels and whether it fires are.
  for (const each of groups.flatMap(({ rules }) => rules)) Reflect.deleteProperty(each, "annotations");
  writeFileSync(join(folder, "rules.yaml"), stringify({ groups: structuredClone(groups) }));
  writeFileSync(
    join(folder, "test.yaml"),
    stringify({
      rule_files: ["rules.yaml"],
      evaluation_interval: "1m",
      tests: [
        {
          interval: "1m",
          input_series: Object.entries(series).map(([name, values]) => ({ series: name, values })),
          alert_rule_test: [
            { eval_time: at, alertname: alert, exp_alerts: fires.map((exp_labels) => ({ exp_labels })) },
          ],
        },
      ],
    }),
  );
  return promtool("test", "rules", "test.yaml");
}

/** Labels of a series of the API's requests. */
export const api = (labels: string): string =>
  `{namespace="application",job="api",pod="api-0",route="/v1/x",${labels}}`;
export const good = `http_requests_total${api('status="200"')}`;
export const bad = `http_requests_total${api('status="503"')}`;
