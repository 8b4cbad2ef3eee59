import { groupBy } from "../platform/group-by.ts";
import type { Change, ThingChange } from "../plan/model/changes.ts";
import type { PlanFile } from "../plan/plan-file.ts";
import { type Difference, showValue, signs, summary } from "../report/difference.ts";
import { describeSteps } from "../report/steps.ts";
import { differenceOf } from "./difference.ts";
import { plansOf } from "./read-plans.ts";

export interface Comparison {
  readonly folder: string;
  /** Plans, or revisions of the repository. */
  readonly before: string;
  readonly after: string;
  /** What is planned of a revision; all environments when empty. */
  readonly environments: readonly string[];
}

/** `promptops diff`: what changes from one plan or revision to another. */
export async function diff(
  { folder, before, after, environments }: Comparison,
  format: "text" | "markdown" | "json",
): Promise<0> {
  const one = await plansOf(folder, before, environments);
  const other = await plansOf(folder, after, environments);
  const pairs = pairUp(one, other);
  const differences = pairs.map(({ title, a, b }) => ({ title, ...differenceOf(a, b) }));
  if (format === "json") process.stdout.write(`${JSON.stringify(differences, null, 2)}\n`);
  else process.stdout.write(`${differences.map(format === "markdown" ? toMarkdown : toText).join("\n")}\n`);
  return 0;
}

interface Pair {
  readonly title: string;
  readonly a: PlanFile;
  readonly b: PlanFile;
}

/** Two single plans are compared whatever their names, several by environment. A new one is compared with an empty plan. */
function pairUp(one: readonly PlanFile[], other: readonly PlanFile[]): Pair[] {
  const [a, b] = [one[0], other[0]];
  if (one.length === 1 && other.length === 1 && a && b) {
    const title = a.environment === b.environment ? a.environment : `${a.environment} and ${b.environment}`;
    return [{ title, a, b }];
  }
  const names = [...new Set([...one, ...other].map(({ environment }) => environment))].toSorted();
  return names.map((name) => {
    const find = (plans: readonly PlanFile[]): PlanFile =>
      plans.find(({ environment }) => environment === name) ?? nothing(name);
    return { title: name, a: find(one), b: find(other) };
  });
}

const nothing = (environment: string): PlanFile => ({
  ...{ version: 4, environment, cloud: "", kubernetesVersion: "" },
  ...{ connections: [], permissions: [], workloads: [], data: [], costs: [], unpriced: [] },
  ...{
    fallbacks: [],
    addons: [],
    findings: [],
    nodeGroups: [],
    retiringNodes: [],
    pools: [],
    resources: [],
    objects: [],
  },
});

type Titled = Difference & { readonly title: string };

function toText({ title, consequences, pulumi, changes }: Titled): string {
  const groups = (things: readonly ThingChange[]): string[] =>
    [...groupBy(things, ({ kind }) => kind)].flatMap(([kind, same]) => ["", `  ${kind}`, ...same.flatMap(textLines)]);
  const steps = pulumi ? describeSteps(pulumi).map((line) => `  ${line}`) : [];
  const lines = [...groups(consequences), ...(steps.length > 0 ? ["", ...steps] : []), ...groups(changes)];
  return [`${title}: ${summary(changes)}`, ...lines, ""].join("\n");
}

const textLines = ({ change, name, changes }: ThingChange): string[] => [
  `    ${signs[change]} ${name}`,
  ...changes.map((value) => `        ${value.path}: ${showValue(value.before)} -> ${showValue(value.after)}`),
];

/** For a pull request: a table per kind, folded where it is long. */
function toMarkdown({ title, consequences, pulumi, changes }: Titled): string {
  const [heading, ...steps] = pulumi ? describeSteps(pulumi) : [];
  const first = heading === undefined ? [] : [`**${heading}**`, "", "```text", ...steps, "```", ""];
  const sections = [...groupBy([...consequences, ...changes], ({ kind }) => kind)].flatMap(([kind, things]) => [
    `<details${things.length <= 20 ? " open" : ""}><summary>${kind}: ${summary(things)}</summary>`,
    "",
    "| | what | where | before | after |",
    "|---|---|---|---|---|",
    ...things.flatMap(markdownRows),
    "",
    "</details>",
    "",
  ]);
  return [`### ${title}: ${summary(changes)}`, "", ...first, ...sections].join("\n");
}

function markdownRows({ change, name, changes }: ThingChange): string[] {
  const row = (...cells: string[]): string => `| ${cells.map((cell) => cell.replaceAll("|", "\\|")).join(" | ")} |`;
  if (changes.length === 0) return [row(signs[change], `\`${name}\``, "", "", "")];
  return changes.map(({ path, before, after }: Change, index) =>
    row(index === 0 ? signs[change] : "", index === 0 ? `\`${name}\`` : "", path, showValue(before), showValue(after)),
  );
}
