import { execFileSync } from "node:child_process";
import { join } from "node:path";
import { expect, test } from "vitest";
import { type Editable, planOf } from "../plans.ts";
import { pick } from "../k8s/objects.ts";

const folder = join(import.meta.dirname, "argo-rollouts");
const { objects } = await planOf("production");
const { metrics } = pick(
  objects.map(({ manifest }) => manifest),
  "AnalysisTemplate",
  "api",
).spec;

/** What Argo Rollouts' own code makes of a measurement by the rendered conditions. Needs Go. */
function verdicts(metric: Editable, answers: readonly (readonly (number | null)[])[]): string[] {
  const input = JSON.stringify(answers.map((answer) => ({ metric, answer })));
  return execFileSync("go", ["run", "."], { cwd: folder, encoding: "utf8", input }).trim().split("\n");
}

test("no traffic is no verdict, errors within the objective a success, more of them a failure", () => {
  const [availability, within200, within500] = metrics;
  const answers = [[], [null], [0], [0.001], [0.0011], [1]];
  expect(verdicts(availability, answers)).toEqual([
    "Inconclusive",
    "Inconclusive",
    "Successful",
    "Successful",
    "Failed",
    "Failed",
  ]);
  const judged = ["Inconclusive", "Successful", "Failed"];
  expect(verdicts(within200, [[null], [0.05], [0.051]])).toEqual(judged);
  expect(verdicts(within500, [[null], [0.01], [0.011]])).toEqual(judged);
}, 300_000);
