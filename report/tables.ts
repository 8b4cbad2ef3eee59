import { groupBy } from "../platform/group-by.ts";
import { layerOf } from "../plan/model/layers.ts";
import type { Finding, Plan } from "../plan/model/plan.ts";
import { costsOf, describeCosts } from "../proofs/evaluation/costs.ts";
import { describeThroughput, throughputOf } from "../proofs/evaluation/throughput.ts";
import type { ProvedPlan } from "./page.ts";
import { table } from "./table.ts";
import { linesOf, verdictOf } from "./verdict.ts";

/** A plan and its findings as text for a terminal. */
export function report({ plan, findings }: ProvedPlan, files: string): string {
  const { environment, cloud, kubernetesVersion, resources, objects, fallbacks } = plan;
  return [
    `${environment}: ${cloud}, Kubernetes ${kubernetesVersion}`,
    "",
    ...indent(countTable("cloud resources", resources, layerOf(resources))),
    "",
    ...indent(countTable("objects", objects, ({ manifest }) => manifest.kind)),
    "",
    ...indent(findingTable(findings)),
    "",
    `  cost: ${describeCosts(costsOf(plan))}`,
    ...throughputLines(plan),
    ...(fallbacks.length > 0 ? ["", ...indent(fallbackTable(fallbacks))] : []),
    "",
    `  files: ${files}`,
    "",
  ].join("\n");
}

function throughputLines(plan: Plan): string[] {
  const [first = "", ...targets] = describeThroughput(throughputOf(plan));
  return [`  throughput: ${first}`, ...targets.map((line) => `    ${line}`)];
}

const indent = (lines: readonly string[]): string[] => lines.map((line) => `  ${line}`.trimEnd());

/** Four groups per line, so that a plan fits on a screen. */
function countTable<Item>(title: string, items: readonly Item[], groupOf: (item: Item) => string): string[] {
  const groups = [...groupBy(items, groupOf)].map(([name, members]) => [String(members.length).padStart(3), name]);
  const sorted = groups.toSorted(([, one = ""], [, other = ""]) => (one < other ? -1 : 1));
  const rows = Array.from({ length: Math.ceil(sorted.length / 4) }, (_, row) =>
    sorted.slice(row * 4, row * 4 + 4).flat(),
  );
  return [`${title}: ${items.length}`, ...indent(table(rows))];
}

function findingTable(findings: readonly Finding[]): string[] {
  const rows = findings.flatMap((finding) => {
    const [first = "", ...others] = linesOf(finding);
    const verdict = verdictOf(finding);
    return [[finding.proof, verdict === "fails" ? "FAILS" : verdict, first], ...others.map((line) => ["", "", line])];
  });
  return table([["proof", "", "evidence"], ...rows]);
}

function fallbackTable(fallbacks: Plan["fallbacks"]): string[] {
  return table([["preference", "fallback"], ...fallbacks.map(({ preference, fallback }) => [preference, fallback])]);
}
