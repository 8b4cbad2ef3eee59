import { createHash, randomUUID } from "node:crypto";
import type { PoolClient } from "pg";
import type { Database } from "../shared/database/pool.ts";
import { fallbacksOf, misfitOf, type ModelRequest } from "../shared/models/misfit.ts";
import { type BudgetUnit, overSoftLimit, readBudget } from "../shared/models/budget.ts";
import type { ModelOf } from "../shared/models/by-name.ts";
import { modelsFor } from "../shared/models/custom-models.ts";
import { storedName } from "../shared/models/custom-names.ts";
import { type Guardrails, inputViolation, type OutputRules, rulesOf } from "../shared/prompts/guardrails.ts";
import { fillIn, type Template, toJson } from "../shared/prompts/template.ts";
import type { Model } from "../shared/runtime/settings.ts";
import { currentCarrier } from "../shared/runtime/tracing.ts";
import type { Audit } from "./audit/request-audit.ts";
import type { ChatCall } from "./chat/request.ts";
import { BOTH_NAMED } from "../shared/prompts/labels.ts";
import { ApiError, InvalidRequest } from "./errors.ts";
import { namedVersion, versionNotFound } from "./labels.ts";
import { refuseOverBudget, refuseTooLate, refuseTooMuch } from "./limits.ts";

export interface ExecutionRequest {
  readonly promptId: string;
  /** @default - that of the label, or the latest */
  readonly version?: number | undefined;
  readonly label?: string | undefined;
  /** @default - that of the version */
  readonly model?: string | undefined;
  readonly variables: Readonly<Record<string, string>>;
  readonly timeoutSeconds: number;
  /** Whether it may be answered as an equal one was before. @default true */
  readonly cache?: boolean;
}

export interface Accepted {
  readonly id: string;
  /** The same request was accepted before, under the same idempotency key. */
  readonly replayed: boolean;
  /** The units for which the tenant's soft limit is reached. */
  readonly overSoftLimit: readonly BudgetUnit[];
}

export interface AcceptOptions {
  readonly idempotencyKey: string | undefined;
  /** Of the operators' models. */
  readonly modelOf: ModelOf;
  readonly audit: Audit;
}

interface Version extends Template {
  readonly version: number;
  readonly model: string;
  readonly parameters: ModelRequest["parameters"];
  readonly guardrails: Guardrails;
}

/**
 * Accepts an execution of a prompt: when this returns, the row is committed, and what is committed is carried out. Throws an ApiError or
 * TemplateError that says why not.
 */
export function acceptExecution(
  database: Database,
  tenant: string,
  request: ExecutionRequest,
  options: AcceptOptions,
): Promise<Accepted> {
  return acceptOnce(database, tenant, { request, ...options }, async (client) => {
    const { version, model, parameters, guardrails, ...template } = await loadVersion(client, request);
    const messages = fillIn(template, request.variables);
    const violation = inputViolation(guardrails, Object.values(request.variables));
    if (violation !== undefined) throw new ApiError("input_refused", `The input ${violation}.`);
    const { promptId, timeoutSeconds, cache = true } = request;
    return {
      ...{ what: "prompt", prompt: { id: promptId, version }, messages, parameters, timeoutSeconds, cache },
      model: request.model ?? model,
      outputRules: rulesOf(guardrails),
    };
  });
}

/** The same for messages of no prompt. */
export function acceptChat(
  database: Database,
  tenant: string,
  call: ChatCall & Pick<Call, "timeoutSeconds">,
  options: AcceptOptions,
): Promise<Accepted> {
  return acceptOnce(database, tenant, { request: call, ...options }, () =>
    Promise.resolve({ what: "request", ...call, cache: true }),
  );
}

/** A model is asked: by a version of a prompt whose variables are put in, or by what a request brought. */
interface Call extends ModelRequest {
  /** What errors call it that names the model. */
  readonly what: "prompt" | "request";
  readonly prompt?: { readonly id: string; readonly version: number };
  readonly model: string;
  readonly timeoutSeconds: number;
  readonly cache: boolean;
  /** @default - the output may be anything */
  readonly outputRules?: OutputRules | undefined;
}

/** Accepts what a request asks for, unless the same request was accepted under its idempotency key. */
function acceptOnce(
  database: Database,
  tenant: string,
  { request, idempotencyKey, modelOf, audit }: AcceptOptions & { readonly request: object },
  callOf: (client: PoolClient) => Promise<Call>,
): Promise<Accepted> {
  const id = randomUUID();
  return database.asTenant(tenant, async (client) => {
    const before = idempotencyKey === undefined ? undefined : await claimKey(client, idempotencyKey, request, id);
    if (before !== undefined) return replayed(before, audit);
    const call = await callOf(client);
    const models = await modelsFor(client, tenant, call.model, modelOf);
    const overSoftLimit = await insertExecution(client, { id, tenant, call, models });
    await audit.record(client, { object: id });
    return { id, replayed: false, overSoftLimit };
  });
}

/** An execution that was accepted before. */
export function replayed(id: string, audit: Audit): Accepted {
  audit.changedNothing();
  return { id, replayed: true, overSoftLimit: [] };
}

interface NewExecution {
  readonly id: string;
  readonly tenant: string;
  readonly call: Call;
  readonly models: ModelOf;
}

/** Returns the units for which the tenant's soft limit is reached. */
async function insertExecution(
  client: PoolClient,
  { id, tenant, call, models }: NewExecution,
): Promise<readonly BudgetUnit[]> {
  const { what, prompt, model, parameters, timeoutSeconds, cache, outputRules = null } = call;
  const served = models(model);
  if (served === undefined) throw new ApiError("unknown_model", `The ${what}'s model is '${model}'.`);
  const messages = toJson(call.messages);
  refuseMisfit(served, call);
  const budget = await readBudget(client, tenant);
  refuseOverBudget(budget);
  await refuseTooMuch(client, Buffer.byteLength(messages));
  const stored = (name: string): string => storedName(tenant, name);
  await refuseTooLate(client, { model: stored(model), endpoint: served.endpoint, timeoutSeconds });
  await client.query({
    name: "accept-execution",
    text: `INSERT INTO executions
        (id, tenant_id, prompt_id, prompt_version, model, messages, parameters, deadline_at, trace, fallbacks, use_cache, output_rules)
      VALUES ($1, current_tenant(), $2, $3, $4, $5, $6, now() + make_interval(secs => $7), $8, $9, $10, $11)`,
    values: [
      ...[id, prompt?.id ?? null, prompt?.version ?? null, stored(model), messages, parameters, timeoutSeconds],
      ...[currentCarrier(), fallbacksOf(served, call, models).map(stored), cache, outputRules],
    ],
  });
  return overSoftLimit(budget);
}

async function loadVersion(client: PoolClient, { promptId, version, label }: ExecutionRequest): Promise<Version> {
  if (version !== undefined && label !== undefined)
    throw new InvalidRequest([{ path: "body/label", message: BOTH_NAMED }]);
  const { rows } = await client.query<Version>({
    name: "load-version",
    text: `SELECT prompt_versions.version, model, messages, variables, parameters, guardrails
      FROM prompts JOIN prompt_versions ON prompt_id = prompts.id AND version = ${namedVersion("$2", "$3")}
      WHERE prompts.id = $1`,
    values: [promptId, version ?? null, label ?? null],
  });
  const [found] = rows;
  if (!found) throw new ApiError("not_found", versionNotFound({ version, label }));
  return found;
}

/** The model does not take the messages, now that variables are put in, or since it is served with other limits. */
function refuseMisfit(model: Model, call: Call): void {
  const misfit = misfitOf(model, call, { filledIn: true });
  if (misfit) throw new ApiError("invalid_request", `The ${call.what}'s ${misfit.path} ${misfit.reason}`);
}

/** Takes an idempotency key for an execution, or tells which execution it was taken for. Two at once wait for each other. */
export async function claimKey(
  client: PoolClient,
  key: string,
  request: object,
  id: string,
): Promise<string | undefined> {
  const hash = createHash("sha256").update(JSON.stringify(request)).digest();
  const claimed = await client.query(
    `INSERT INTO idempotency_keys (tenant_id, key, request_hash, execution_id)
      VALUES (current_tenant(), $1, $2, $3) ON CONFLICT DO NOTHING`,
    [key, hash, id],
  );
  if (claimed.rowCount === 1) return undefined;
  const { rows } = await client.query<{ execution: string; hash: Buffer }>(
    "SELECT execution_id AS execution, request_hash AS hash FROM idempotency_keys WHERE key = $1",
    [key],
  );
  if (!rows[0]?.hash.equals(hash)) throw new ApiError("idempotency_key_reused");
  return rows[0].execution;
}
