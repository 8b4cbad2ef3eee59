import { createHash, randomUUID } from "node:crypto";
import type { PoolClient } from "pg";
import type { Database } from "../shared/database/pool.ts";
import { fallbacksOf, misfitOf, type ModelRequest } from "../shared/models/misfit.ts";
import { type BudgetUnit, overSoftLimit, readBudget } from "../shared/models/budget.ts";
import type { ModelOf } from "../shared/models/by-name.ts";
import { modelsFor } from "../shared/models/custom-models.ts";
import { storedName } from "../shared/models/custom-names.ts";
import { fillIn, type Template, toJson } from "../shared/prompts/template.ts";
import type { Model } from "../shared/runtime/settings.ts";
import { currentCarrier } from "../shared/runtime/tracing.ts";
import type { Audit } from "./audit/request-audit.ts";
import { ApiError } from "./errors.ts";
import { refuseOverBudget, refuseTooLate, refuseTooMuch } from "./limits.ts";

export interface ExecutionRequest {
  readonly promptId: string;
  readonly version?: number | undefined;
  readonly variables: Readonly<Record<string, string>>;
  readonly timeoutSeconds: number;
  /** Whether it may be answered as an equal one was before. @default true */
  readonly cache?: boolean;
}

export interface Accepted {
  readonly id: string;
  /** The same request was accepted before, under the same idempotency key. */
  readonly replayed: boolean;
  /** The units of which the tenant's soft limit is reached. */
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
}

/**
 * Accepts an execution: when this returns, the row is committed, and what is committed is carried out. Throws an ApiError or
 * TemplateError that says why not.
 */
export function acceptExecution(
  database: Database,
  tenant: string,
  request: ExecutionRequest,
  { idempotencyKey, modelOf, audit }: AcceptOptions,
): Promise<Accepted> {
  const id = randomUUID();
  return database.asTenant(tenant, async (client) => {
    const before = idempotencyKey === undefined ? undefined : await claimKey(client, idempotencyKey, request, id);
    if (before !== undefined) return replayed(before, audit);
    const { version, model, parameters, ...template } = await loadVersion(client, request);
    const models = await modelsFor(client, tenant, model, modelOf);
    const served = models(model);
    if (served === undefined) throw new ApiError("unknown_model", `The prompt's model is '${model}'.`);
    const rendered = fillIn(template, request.variables);
    const messages = toJson(rendered);
    refuseMisfit(served, { messages: rendered, parameters });
    const budget = await readBudget(client, tenant);
    refuseOverBudget(budget);
    await refuseTooMuch(client, Buffer.byteLength(messages));
    const stored = (name: string): string => storedName(tenant, name);
    await refuseTooLate(client, {
      model: stored(model),
      endpoint: served.endpoint,
      timeoutSeconds: request.timeoutSeconds,
    });
    await client.query({
      name: "accept-execution",
      text: `INSERT INTO executions
          (id, tenant_id, prompt_id, prompt_version, model, messages, parameters, deadline_at, trace, fallbacks, use_cache)
        VALUES ($1, current_tenant(), $2, $3, $4, $5, $6, now() + make_interval(secs => $7), $8, $9, $10)`,
      values: [
        ...[
          id,
          request.promptId,
          version,
          stored(model),
          messages,
          parameters,
          request.timeoutSeconds,
          currentCarrier(),
        ],
        fallbacksOf(served, { messages: rendered, parameters }, models).map(stored),
        request.cache ?? true,
      ],
    });
    await audit.record(client, { object: id });
    return { id, replayed: false, overSoftLimit: overSoftLimit(budget) };
  });
}

/** An execution that was accepted before. */
export function replayed(id: string, audit: Audit): Accepted {
  audit.changedNothing();
  return { id, replayed: true, overSoftLimit: [] };
}

async function loadVersion(client: PoolClient, { promptId, version }: ExecutionRequest): Promise<Version> {
  const { rows } = await client.query<Version>({
    name: "load-version",
    text: `SELECT prompt_versions.version, model, messages, variables, parameters
      FROM prompts JOIN prompt_versions ON prompt_id = prompts.id AND version = coalesce($2, latest_version)
      WHERE prompts.id = $1`,
    values: [promptId, version ?? null],
  });
  const [found] = rows;
  if (!found)
    throw new ApiError(
      "not_found",
      version === undefined ? "No such prompt." : `The prompt has no version ${version}.`,
    );
  return found;
}

/** The model does not take the prompt, now that its variables are put in, or since it is served with other limits. */
function refuseMisfit(model: Model, request: ModelRequest): void {
  const misfit = misfitOf(model, request, { filledIn: true });
  if (misfit) throw new ApiError("invalid_request", `The prompt's ${misfit.path} ${misfit.reason}`);
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
