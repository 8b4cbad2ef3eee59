import type { SyntaxNode } from "@lezer/common";
import { parser } from "@prometheus-io/lezer-promql";
import { memoize } from "../../platform/memoize.ts";

export interface LabelMatcher {
  readonly label: string;
  readonly operator: string;
  readonly value: string;
}

/** A selector of an expression. */
export interface Selector {
  /** Undefined if only labels select the series. */
  readonly metric: string | undefined;
  readonly matchers: readonly LabelMatcher[];
  /** The innermost aggregation around the selector, such as `sum`; undefined without one. */
  readonly aggregation: string | undefined;
}

/** A parsed expression. */
export interface Expression {
  /** Parse errors; empty for a valid expression. */
  readonly errors: readonly string[];
  readonly selectors: readonly Selector[];
  /**
   * Labels of the result, given those of each metric. `complain` is called for each label that an aggregation
   * groups by and that none of its series has.
   */
  readonly labels: (labelsOf: (metric: string) => readonly string[], complain: (label: string) => void) => Set<string>;
}

/** Parses PromQL with Prometheus' own grammar. */
export const parsePromQl = memoize((text): Expression => {
  const root = parser.parse(text).topNode;
  const errors: string[] = [];
  const selectors: Selector[] = [];
  root.cursor().iterate(({ type, from, to, node }) => {
    if (type.isError) errors.push(`parse error at '${text.slice(from, Math.max(to, from + 12))}'`);
    if (type.name === "VectorSelector") selectors.push(readSelector(node, text));
  });
  return { errors, selectors, labels: (labelsOf, complain) => labelsUnder(root, { text, labelsOf, complain }) };
});

function readSelector(node: SyntaxNode, text: string): Selector {
  const name = node.getChild("Identifier");
  return {
    metric: name ? textOf(name, text) : undefined,
    matchers: matchersOf(node, text),
    aggregation: aggregationOver(node, text),
  };
}

const textOf = ({ from, to }: SyntaxNode, text: string): string => text.slice(from, to);

function matchersOf(node: SyntaxNode, text: string): LabelMatcher[] {
  const matchers = node.getChild("LabelMatchers")?.getChildren("UnquotedLabelMatcher") ?? [];
  return matchers.map((matcher) => {
    const part = (kind: string): string => {
      const child = matcher.getChild(kind);
      return child ? textOf(child, text) : "";
    };
    return { label: part("LabelName"), operator: part("MatchOp"), value: part("StringLiteral").slice(1, -1) };
  });
}

function aggregationOver(node: SyntaxNode, text: string): string | undefined {
  for (let above = node.parent; above; above = above.parent) {
    const operator = above.name === "AggregateExpr" ? above.getChild("AggregateOp") : undefined;
    if (operator) return textOf(operator, text);
  }
  return undefined;
}

interface Context {
  readonly text: string;
  readonly labelsOf: (metric: string) => readonly string[];
  readonly complain: (label: string) => void;
}

function labelsUnder(node: SyntaxNode, context: Context): Set<string> {
  if (node.name === "VectorSelector") {
    const { metric } = readSelector(node, context.text);
    return new Set(metric === undefined ? [] : context.labelsOf(metric));
  }
  if (node.name === "AggregateExpr") return aggregated(node, context);
  if (node.name === "FunctionCall" && isAbsence(node, context.text)) return absent(node, context);
  if (node.name === "BinaryExpr") return joined(node, context);
  return union(childrenOf(node).map((child) => labelsUnder(child, context)));
}

function aggregated(node: SyntaxNode, context: Context): Set<string> {
  const modifier = node.getChild("AggregateModifier");
  const inner = union(childrenOf(node).map((child) => labelsUnder(child, context)));
  const grouping = modifier ? groupingLabels(modifier, context.text) : [];
  if (modifier?.getChild("Without")) return new Set([...inner].filter((label) => !grouping.includes(label)));
  for (const label of grouping) if (!inner.has(label)) context.complain(label);
  return new Set(grouping);
}

const isAbsence = (node: SyntaxNode, text: string): boolean => {
  const name = node.getChild("FunctionIdentifier");
  return name !== null && textOf(name, text).startsWith("absent");
};

/** What is absent has the labels that its selector asks for by `=`; what an expression does not answer has none. */
function absent(node: SyntaxNode, { text }: Context): Set<string> {
  const argument = node.getChild("FunctionCallBody")?.firstChild;
  const selector = argument?.name === "MatrixSelector" ? argument.firstChild : argument;
  if (selector?.name !== "VectorSelector") return new Set();
  const equal = matchersOf(selector, text).filter(({ operator }) => operator === "=");
  return new Set(equal.map(({ label }) => label));
}

/** The left side's labels; where the right side is matched on some alone, those, and what it lends to the left. */
function joined(node: SyntaxNode, context: Context): Set<string> {
  const [left, ...right] = childrenOf(node)
    .filter(({ name }) => !name.endsWith("Clause"))
    .map((child) => labelsUnder(child, context));
  const all = union(right);
  const clause = node.getChild("MatchingModifierClause");
  const asked = clause ? groupingLabels(clause, context.text) : [];
  const labels = left ?? new Set<string>();
  for (const label of asked) if (!labels.has(label) && !all.has(label)) context.complain(label);
  const operator = ["Or", "And", "Unless"].find((name) => node.getChild(name));
  if (operator === "Or") return union([labels, all]);
  return labels.size > 0 ? labels : all;
}

const groupingLabels = (node: SyntaxNode, text: string): string[] =>
  node
    .getChildren("GroupingLabels")
    .flatMap((labels) => labels.getChildren("LabelName").map((label) => textOf(label, text)));

function childrenOf(node: SyntaxNode): SyntaxNode[] {
  const children: SyntaxNode[] = [];
  for (let child = node.firstChild; child; child = child.nextSibling) children.push(child);
  return children;
}

const union = (sets: readonly Set<string>[]): Set<string> => new Set(sets.flatMap((set) => [...set]));
