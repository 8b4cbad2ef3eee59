import { parse } from "@bufbuild/cel";
import { bounded, ExpressionError, FUNCTIONS } from "./expressions.ts";

/** Operators that the planner knows itself. */
const OPERATORS = new Set(["_&&_", "_||_", "_?_:_", "_[_]", "_==_", "_!=_", "@not_strictly_false"]);

type Expr = ReturnType<typeof parse>["expr"];
type Kind = Expr["exprKind"];
type Parts = readonly (Expr | undefined)[];

/** What an expression refers to. */
export interface References {
  /** Variables, such as `inputs`. */
  readonly names: Set<string>;
  /** The nodes that it names: `nodes.a` and `nodes["a"]`. */
  readonly nodes: Set<string>;
}

/** Parses an expression, and tells what it refers to. Throws an ExpressionError that says what is wrong. */
export function readExpression(text: string): References {
  return bounded(() => {
    const found = { names: new Set<string>(), nodes: new Set<string>() };
    collect(parse(text).expr, found, new Set());
    return found;
  });
}

/** Adds what an expression refers to. `local` holds the variables of the loops around it. */
function collect(expr: Expr | undefined, found: References, local: ReadonlySet<string>): void {
  const node = nodeNamed(expr);
  const kind = expr?.exprKind;
  if (node !== undefined) found.nodes.add(node);
  else if (kind?.case === "identExpr") {
    if (kind.value.name === "nodes") throw new ExpressionError("Write nodes.<name>.");
    if (!local.has(kind.value.name)) found.names.add(kind.value.name);
  } else if (kind?.case === "comprehensionExpr") collectLoop(kind.value, found, local);
  else for (const each of partsOf(kind)) collect(each, found, local);
}

function collectLoop(
  loop: Extract<Kind, { case: "comprehensionExpr" }>["value"],
  found: References,
  local: ReadonlySet<string>,
): void {
  collect(loop.iterRange, found, local);
  const inner = new Set([...local, loop.iterVar, loop.iterVar2, loop.accuVar]);
  for (const each of [loop.accuInit, loop.loopCondition, loop.loopStep, loop.result]) collect(each, found, inner);
}

/** The expressions in one that is no loop. Throws for a function that does not exist. */
function partsOf(kind: Kind | undefined): Parts {
  if (kind?.case === "selectExpr") return [kind.value.operand];
  if (kind?.case === "listExpr") return kind.value.elements;
  if (kind?.case === "structExpr") return partsOfMap(kind.value);
  return kind?.case === "callExpr" ? partsOfCall(kind.value) : [];
}

const partsOfMap = ({ entries }: Extract<Kind, { case: "structExpr" }>["value"]): Parts =>
  entries.flatMap(({ keyKind, value }) => [keyKind.case === "mapKey" ? keyKind.value : undefined, value]);

function partsOfCall({ function: name, target, args }: Extract<Kind, { case: "callExpr" }>["value"]): Parts {
  if (!FUNCTIONS.has(name) && !OPERATORS.has(name)) throw new ExpressionError(`There is no function '${name}'.`);
  return [target, ...args];
}

/** `a` of `nodes.a` and of `nodes["a"]`. */
function nodeNamed(expr: Expr | undefined): string | undefined {
  const kind = expr?.exprKind;
  if (kind?.case === "selectExpr") return isNodes(kind.value.operand) ? kind.value.field : undefined;
  if (kind?.case !== "callExpr" || kind.value.function !== "_[_]") return undefined;
  const [from, index] = kind.value.args;
  return isNodes(from) ? textIn(index) : undefined;
}

const isNodes = (expr: Expr | undefined): boolean =>
  expr?.exprKind.case === "identExpr" && expr.exprKind.value.name === "nodes";

function textIn(expr: Expr | undefined): string | undefined {
  const kind = expr?.exprKind.case === "constExpr" ? expr.exprKind.value.constantKind : undefined;
  return kind?.case === "stringValue" ? kind.value : undefined;
}
