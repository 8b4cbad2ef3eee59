import type { PoolClient } from "pg";
import type { z } from "zod";
import {
  type Definition,
  EXPRESSION_VARIABLES,
  JUDGE_VARIABLES,
  type NewDefinition,
} from "../../shared/evaluations/evaluator.ts";
import { checkSchema } from "../../shared/evaluations/json-schema.ts";
import { BOTH_NAMED } from "../../shared/prompts/labels.ts";
import type { Template } from "../../shared/prompts/template.ts";
import { evaluate, ExpressionError } from "../../shared/workflows/expressions.ts";
import { readExpression } from "../../shared/workflows/read-expression.ts";
import { ApiError, InvalidRequest } from "../errors.ts";
import { namedVersion } from "../labels.ts";
import { refuseTakenName, refuseTooMany } from "./datasets.ts";
import type { evaluator } from "./schemas.ts";

/** Evaluators that a tenant may have. */
const MAX_EVALUATORS = 500;
/** Characters of a JSON schema. */
const MAX_SCHEMA = 20_000;

export type Evaluator = z.output<typeof evaluator>;
const EVALUATOR = `id, name, definition, created_at AS "createdAt"`;

/** Stores an evaluator. Throws an InvalidRequest if it could score nothing. */
export async function createEvaluator(
  client: PoolClient,
  { name, definition: input }: { readonly name: string; readonly definition: NewDefinition },
): Promise<Evaluator> {
  const definition = await checkDefinition(client, input);
  await refuseTooMany(client, { table: "evaluators", max: MAX_EVALUATORS });
  const { rows } = await client
    .query<Evaluator>(
      `INSERT INTO evaluators (tenant_id, name, definition) VALUES (current_tenant(), $1, $2) RETURNING ${EVALUATOR}`,
      [name, definition],
    )
    .catch(refuseTakenName(`There is an evaluator '${name}'. An evaluator never changes; take another name.`));
  return rows[0] as Evaluator;
}

export async function listEvaluators(client: PoolClient): Promise<Evaluator[]> {
  const { rows } = await client.query<Evaluator>(`SELECT ${EVALUATOR} FROM evaluators ORDER BY name`);
  return rows;
}

/** Throws `not_found`. */
export async function readEvaluator(client: PoolClient, id: string): Promise<Evaluator> {
  const { rows } = await client.query<Evaluator>(`SELECT ${EVALUATOR} FROM evaluators WHERE id = $1`, [id]);
  if (!rows[0]) throw new ApiError("not_found");
  return rows[0];
}

async function checkDefinition(client: PoolClient, input: NewDefinition): Promise<Definition> {
  if (input.type === "judge") return resolveJudge(client, input);
  const [path, fault] = faultOfRule(input) ?? [];
  if (path !== undefined) throw new InvalidRequest([{ path: `body/definition/${path}`, message: fault ?? "" }]);
  return input;
}

/** What of a rule could never be applied, and why. */
function faultOfRule(
  rule: Exclude<NewDefinition, { readonly type: "judge" }>,
): [path: string, fault: string] | undefined {
  switch (rule.type) {
    case "matches":
      return faultOf("pattern", () => evaluate("''.matches(pattern)", { pattern: rule.pattern }));
    case "json_schema":
      return faultOf("schema", () => {
        const { length } = JSON.stringify(rule.schema);
        if (length > MAX_SCHEMA) throw new ExpressionError(`It has ${length} characters; ${MAX_SCHEMA} are allowed.`);
        checkSchema(rule.schema);
      });
    case "length":
      return rule.minCharacters > (rule.maxCharacters ?? Infinity)
        ? ["maxCharacters", "must not be less than 'minCharacters'"]
        : undefined;
    case "expression":
      return faultOf("expression", () => {
        requireVariables(rule.expression);
      });
    default:
      return undefined;
  }
}

function faultOf(path: string, check: () => unknown): [string, string] | undefined {
  try {
    check();
    return undefined;
  } catch (error) {
    if (!(error instanceof ExpressionError)) throw error;
    return [path, `is invalid: ${error.message}`];
  }
}

function requireVariables(expression: string): void {
  const { names, nodes } = readExpression(expression);
  const known: readonly string[] = EXPRESSION_VARIABLES;
  const [unknown] = [...names, ...(nodes.size > 0 ? ["nodes"] : [])].filter((each) => !known.includes(each));
  if (unknown !== undefined) throw new ExpressionError(`'${unknown}' is no variable; there are ${known.join(", ")}.`);
}

/** A judge with the version of its prompt, which it keeps. */
async function resolveJudge(
  client: PoolClient,
  { version, label, ...judge }: Extract<NewDefinition, { readonly type: "judge" }>,
): Promise<Definition> {
  const refuse = (path: string, message: string): never => {
    throw new InvalidRequest([{ path: `body/definition/${path}`, message }]);
  };
  if (version !== undefined && label !== undefined) refuse("label", BOTH_NAMED);
  if (judge.scale.min >= judge.scale.max) refuse("scale/max", "must be more than 'min'");
  const { rows } = await client.query<Pick<Template, "variables"> & { version: number }>(
    `SELECT prompt_versions.version, variables
      FROM prompts JOIN prompt_versions ON prompt_id = prompts.id AND version = ${namedVersion("$2", "$3")}
      WHERE prompts.id = $1`,
    [judge.promptId, version ?? null, label ?? null],
  );
  const found = rows[0] ?? refuse("promptId", "names no prompt with this version or label; store it first");
  const given: readonly string[] = JUDGE_VARIABLES;
  const unknown = Object.keys(found.variables).filter(
    (each) => found.variables[each]?.default === undefined && !given.includes(each),
  );
  if (!Object.hasOwn(found.variables, "output")) refuse("promptId", "names a prompt without the variable 'output'");
  if (unknown.length > 0)
    refuse(
      "promptId",
      `names a prompt with other variables without a default than ${given.join(", ")}: ${unknown.join(", ")}`,
    );
  return { ...judge, version: found.version };
}
