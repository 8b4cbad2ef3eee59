import type { SyntaxNode } from "@lezer/common";
import { parser } from "@prometheus-io/lezer-promql";
import { memoize } from "../../platform/memoize.ts";
import { secondsOf } from "./durations.ts";

/** How an expression reads one metric. */
export interface MetricUse {
  readonly metric: string;
  /** The value that `le` is compared with; undefined if all buckets are read. */
  readonly bucket: string | undefined;
  /** Names of the functions and operators around it, from the inside: `rate`, `sum`, `histogram_quantile`. */
  readonly around: readonly string[];
  /** Seconds of its range; undefined for an instant vector. */
  readonly range: number | undefined;
  /** Labels that the aggregations around it keep, from the inside; undefined for one that keeps all but some. */
  readonly keeps: readonly (readonly string[] | undefined)[];
}

/** `left > bound`, where the left side reads series. */
export interface Comparison {
  readonly operator: string;
  readonly bound: number;
  /** The left side divides two vectors, so it is a ratio unless their units differ. */
  readonly isQuotient: boolean;
  /** Metrics of the left side. */
  readonly metrics: readonly string[];
}

export interface Usage {
  readonly uses: readonly MetricUse[];
  readonly comparisons: readonly Comparison[];
  /** First parameters of `histogram_quantile`. */
  readonly quantiles: readonly number[];
  /** Whether it answers when a series is missing. */
  readonly absences: readonly MetricUse[];
}

const COMPARISONS = new Map([
  ["Gtr", ">"],
  ["Gte", ">="],
  ["Lss", "<"],
  ["Lte", "<="],
  ["EqlC", "=="],
  ["Eql", "=="],
  ["Neq", "!="],
]);
const ABSENT = ["absent", "absent_over_time"];

/** Reads how an expression uses its metrics, by Prometheus' own grammar. */
export const usageOf = memoize((text): Usage => {
  const uses: MetricUse[] = [];
  const comparisons: Comparison[] = [];
  const quantiles: number[] = [];
  parser
    .parse(text)
    .topNode.cursor()
    .iterate(({ name, node }) => {
      if (name === "VectorSelector") uses.push(useOf(node, text));
      if (name === "BinaryExpr") comparisons.push(...comparisonOf(node, text));
      if (name === "FunctionCall" && callOf(node, text) === "histogram_quantile")
        quantiles.push(Number(textOf(node.getChild("FunctionCallBody")?.firstChild, text)));
    });
  const absences = uses.filter(({ around }) => around.some((name) => ABSENT.includes(name)));
  return { uses, comparisons, quantiles, absences };
});

const textOf = (node: SyntaxNode | null | undefined, text: string): string =>
  node ? text.slice(node.from, node.to) : "";

const callOf = (node: SyntaxNode, text: string): string => textOf(node.getChild("FunctionIdentifier"), text);

function useOf(node: SyntaxNode, text: string): MetricUse {
  const around: string[] = [];
  const keeps: (readonly string[] | undefined)[] = [];
  let range: number | undefined;
  for (let above = node.parent; above; above = above.parent) {
    if (above.name === "MatrixSelector") range = secondsOf(textOf(above.getChild("DurationExpr"), text));
    if (above.name === "FunctionCall") around.push(callOf(above, text));
    if (above.name === "AggregateExpr") {
      around.push(textOf(above.getChild("AggregateOp"), text));
      keeps.push(keptBy(above, text));
    }
  }
  const metric = textOf(node.getChild("Identifier"), text);
  return { metric, bucket: bucketOf(node, text), around, range, keeps };
}

function keptBy(aggregate: SyntaxNode, text: string): readonly string[] | undefined {
  const modifier = aggregate.getChild("AggregateModifier");
  if (modifier?.getChild("Without")) return undefined;
  const grouping = modifier?.getChildren("GroupingLabels") ?? [];
  return grouping.flatMap((labels) => labels.getChildren("LabelName").map((label) => textOf(label, text)));
}

function bucketOf(node: SyntaxNode, text: string): string | undefined {
  const matchers = node.getChild("LabelMatchers")?.getChildren("UnquotedLabelMatcher") ?? [];
  const le = matchers.find((matcher) => textOf(matcher.getChild("LabelName"), text) === "le");
  return le && textOf(le.getChild("StringLiteral"), text).slice(1, -1);
}

function comparisonOf(node: SyntaxNode, text: string): Comparison[] {
  const operator = [...COMPARISONS].find(([name]) => node.getChild(name))?.[1];
  const [left, right] = [node.firstChild, node.lastChild];
  if (operator === undefined || !left || right?.name !== "NumberDurationLiteral") return [];
  const metrics: string[] = [];
  let isQuotient = false;
  left.cursor().iterate((each) => {
    if (each.name === "VectorSelector") metrics.push(textOf(each.node.getChild("Identifier"), text));
    if (each.name === "BinaryExpr" && each.node.getChild("Div"))
      isQuotient ||= each.node.lastChild?.name !== "NumberDurationLiteral";
  });
  return [{ operator, bound: Number(textOf(right, text)), isQuotient, metrics }];
}
