import { memoize } from "../../../platform/memoize.ts";

/** A statement as IAM reads it: every element as a list. */
export interface Statement {
  readonly effect: string;
  readonly actions: readonly string[];
  readonly notActions: readonly string[] | undefined;
  readonly resources: readonly string[];
  readonly notResources: readonly string[] | undefined;
  /** By kind: Service, AWS, Federated; `*` is every one. */
  readonly principals: Readonly<Record<string, readonly string[]>>;
  readonly conditions: readonly Condition[];
}

interface Condition {
  /** `ForAnyValue:StringEquals`, `Bool`. */
  readonly operator: string;
  readonly key: string;
  readonly values: readonly string[];
}

/** What is asked of IAM. Values of the request by condition key, in lower case. */
export interface Request {
  readonly action: string;
  readonly resource: string;
  readonly principal?: readonly [kind: string, name: string];
  readonly context?: Readonly<Record<string, readonly string[]>>;
}

type Document = Readonly<Record<string, unknown>>;

const listOf = (value: unknown): readonly unknown[] =>
  Array.isArray(value) ? value : value === undefined ? [] : [value];
const texts = (value: unknown): string[] => listOf(value).map(String);

/** The statements of a policy; undefined for a text that is no policy. */
export function parsePolicy(text: unknown): Statement[] | undefined {
  if (typeof text !== "string") return undefined;
  try {
    const document = JSON.parse(text) as Document | null;
    return listOf(document?.["Statement"]).map((statement) => readStatement(statement as Document));
  } catch {
    return undefined;
  }
}

/** The version of the language in which a policy is written, empty where it says none; undefined for a text that is no policy. */
export function policyVersion(text: unknown): string | undefined {
  if (typeof text !== "string") return undefined;
  try {
    const document = JSON.parse(text) as { readonly Statement?: unknown; readonly Version?: string } | null;
    return document?.Statement === undefined ? undefined : (document.Version ?? "");
  } catch {
    return undefined;
  }
}

function readStatement(statement: Document): Statement {
  return {
    effect: String(statement["Effect"]),
    actions: texts(statement["Action"]),
    notActions: "NotAction" in statement ? texts(statement["NotAction"]) : undefined,
    // A trust policy has no resource: it is of its own role.
    resources: "Resource" in statement ? texts(statement["Resource"]) : "Principal" in statement ? ["*"] : [],
    notResources: "NotResource" in statement ? texts(statement["NotResource"]) : undefined,
    principals: principalsOf(statement["Principal"]),
    conditions: Object.entries((statement["Condition"] ?? {}) as Document).flatMap(([operator, keys]) =>
      Object.entries(keys as Document).map(([key, values]) => ({
        operator,
        key: key.toLowerCase(),
        values: texts(values),
      })),
    ),
  };
}

function principalsOf(principal: unknown): Record<string, string[]> {
  if (typeof principal === "string") return { AWS: [principal] };
  return Object.fromEntries(Object.entries((principal ?? {}) as Document).map(([kind, names]) => [kind, texts(names)]));
}

/** Whether a pattern with `*` and `?` covers a text. */
export const covers = (pattern: string, text: string): boolean => expressionOf(pattern).test(text);

const expressionOf = memoize((pattern): RegExp => {
  const expression = pattern
    .replaceAll(/[.+^${}()|[\]\\]/g, "\\$&")
    .replaceAll("*", ".*")
    .replaceAll("?", ".");
  return new RegExp(`^${expression}$`, "s");
});

const coversAction = (pattern: string, action: string): boolean => covers(pattern.toLowerCase(), action.toLowerCase());

/** Whether some statement allows a request and none denies it. */
export function allows(statements: readonly Statement[], request: Request): boolean {
  const matching = statements.filter((statement) => applies(statement, request));
  return matching.some(({ effect }) => effect === "Allow") && !matching.some(({ effect }) => effect === "Deny");
}

export function denies(statements: readonly Statement[], request: Request): boolean {
  return statements.some((statement) => statement.effect === "Deny" && applies(statement, request));
}

function applies(statement: Statement, { action, resource, principal, context = {} }: Request): boolean {
  const { actions, notActions, resources, notResources, conditions } = statement;
  return (
    (notActions
      ? !notActions.some((each) => coversAction(each, action))
      : actions.some((each) => coversAction(each, action))) &&
    (notResources
      ? !notResources.some((each) => covers(each, resource))
      : resources.some((each) => covers(each, resource))) &&
    (principal === undefined || isPrincipal(statement, principal)) &&
    conditions.every((condition) => holds(condition, context))
  );
}

function isPrincipal({ principals }: Statement, [kind, name]: readonly [string, string]): boolean {
  const named = principals[kind] ?? [];
  return named.includes(name) || (principals["AWS"] ?? []).includes("*") || named.includes("*");
}

/** A key that the request does not have fails every operator that is not negated, `IfExists` or `Null`. */
function holds({ operator, key, values }: Condition, context: NonNullable<Request["context"]>): boolean {
  const name = operator.replace(/^For(Any|All)Values?:/, "").replace(/IfExists$/, "");
  const found = context[key];
  if (name === "Null") return values.includes(String(found === undefined));
  const negated = name.includes("Not");
  if (!found) return negated || operator.endsWith("IfExists") || operator.startsWith("ForAllValues:");
  const matches = (value: string): boolean => values.some((each) => compare(name, each, value));
  if (negated) return !found.some(matches);
  return operator.startsWith("ForAllValues:") ? found.every(matches) : found.some(matches);
}

/** Operators that policies of clusters use; any other holds for nothing. */
function compare(operator: string, pattern: string, value: string): boolean {
  switch (operator.replace("Not", "")) {
    case "StringEquals":
    case "ArnEquals":
      return operator.startsWith("Arn") ? covers(pattern, value) : pattern === value;
    case "StringEqualsIgnoreCase":
    case "Bool":
      return pattern.toLowerCase() === value.toLowerCase();
    case "StringLike":
    case "ArnLike":
      return covers(pattern, value);
    default:
      return false;
  }
}
