import { randomUUID } from "node:crypto";
import type { PoolClient } from "pg";
import type { Database } from "../../shared/database/pool.ts";
import type { EventType } from "../../shared/executions/events.ts";
import { type Lease, LEASE_SECONDS } from "../../shared/executions/lease.ts";
import type { ExecutionError, Spent } from "../../shared/executions/end-attempt.ts";
import type { ModelOf } from "../../shared/models/by-name.ts";
import { modelsFor } from "../../shared/models/custom-models.ts";
import { storedName } from "../../shared/models/custom-names.ts";
import { loadTemplate } from "../../shared/prompts/load-template.ts";
import type { PromptCall, PromptTemplate } from "../../shared/prompts/prompt-call.ts";
import { type Budget, readBudget } from "../../shared/models/budget.ts";
import type { Usage } from "../../shared/models/usage.ts";
import type { Graph, PromptVersion } from "../../shared/workflows/graph.ts";
import { currentCarrier } from "../../shared/runtime/tracing.ts";
import { LeaseLost } from "../interruptions.ts";

/** What a workflow's execution runs, and how far its nodes are. */
export interface StoredWorkflow {
  readonly graph: Graph;
  readonly prompts: Readonly<Record<string, PromptVersion>>;
  /** What has happened to it, by its own count. Read first: what happens afterwards is seen by who leaves it. */
  readonly wakes: number;
  readonly nodes: ReadonlyMap<string, StoredNode>;
}

export interface StoredNode {
  readonly state: "executing" | "waiting" | "paused" | "completed" | "failed" | "skipped";
  readonly attempt: number;
  /** Until a wait is over, by the database's clock. */
  readonly secondsLeft: number | null;
  readonly error: ExecutionError | null;
  readonly decision: "approve" | "reject" | "retry" | "abort" | null;
  readonly comment: string | null;
}

/** A state of a node to be written, and the event that tells of it. */
export interface NodeChange {
  readonly node: string;
  readonly state: StoredNode["state"];
  /** Counts the times that a node was begun, from 1. */
  readonly attempt: number;
  readonly event: EventType;
  readonly data?: object;
  readonly error?: ExecutionError;
  /** Seconds of a wait. */
  readonly seconds?: number;
}

/** A prompt that is executed for a node. */
export interface Child extends PromptCall {
  /** Of a map; 0 otherwise. */
  readonly item: number;
  readonly prompt: PromptVersion;
  readonly timeoutSeconds: number;
}

export interface EndedChild {
  readonly item: number;
  readonly id: string;
  readonly state: "queued" | "running" | "succeeded" | "failed" | "cancelled";
  readonly output: string | null;
  readonly error: ExecutionError | null;
}

/** The rows of a workflow's nodes, and of what they execute. Whatever is written is fenced by the lease: LeaseLost says that it is gone. */
export class NodeStore {
  constructor(
    private readonly database: Database,
    private readonly lease: Pick<Lease, "id" | "attempt" | "tenant">,
  ) {}

  async load(): Promise<StoredWorkflow> {
    const { rows: found } = await this.database.query<Omit<StoredWorkflow, "nodes">>({
      name: "load-workflow",
      text: `SELECT graph, prompts || coalesce(labelled_prompts, '{}') AS prompts, wakes FROM executions
        JOIN workflow_versions ON workflow_versions.workflow_id = executions.workflow_id AND version = workflow_version
        WHERE id = $1`,
      values: [this.lease.id],
    });
    if (!found[0]) throw new LeaseLost();
    const { rows } = await this.database.query<StoredNode & { node: string }>({
      name: "load-nodes",
      text: `SELECT node, state, attempt, extract(epoch FROM due_at - now())::float8 AS "secondsLeft", error, decision, comment
        FROM workflow_nodes WHERE execution_id = $1`,
      values: [this.lease.id],
    });
    return { ...found[0], nodes: new Map(rows.map(({ node, ...row }) => [node, row])) };
  }

  loadPrompt(prompt: PromptVersion): Promise<PromptTemplate> {
    return loadTemplate(this.database.pool, prompt);
  }

  /** The last execution for each item of a node. */
  async children(node: string): Promise<EndedChild[]> {
    const { rows } = await this.database.query<EndedChild>({
      name: "load-children",
      text: `SELECT DISTINCT ON (item) item, id, state, output, error FROM executions
        WHERE parent_id = $1 AND node = $2 ORDER BY item, node_attempt DESC`,
      values: [this.lease.id, node],
    });
    return rows;
  }

  /** The models that its tenant's prompts may name, to look up one. */
  models(model: string, operators: ModelOf): Promise<ModelOf> {
    return modelsFor(this.database, this.lease.tenant, model, operators);
  }

  /** What its tenant has used this month, and may use. */
  budget(): Promise<Budget> {
    return readBudget(this.database, this.lease.tenant);
  }

  /** What the models used for all of its nodes' attempts, and what that costs: each execution counts once. */
  async spent(): Promise<Spent> {
    const { rows } = await this.database.query<{ usage: Usage; microUsd: number | null; asOf: string | null }>({
      name: "sum-spent",
      text: `SELECT sum(cost_micro_usd)::bigint AS "microUsd", to_char(max(price_as_of), 'YYYY-MM-DD') AS "asOf",
          json_strip_nulls(json_build_object(
            'promptTokens', sum((usage->>'promptTokens')::bigint),
            'completionTokens', sum((usage->>'completionTokens')::bigint)
          )) AS usage
        FROM executions WHERE parent_id = $1`,
      values: [this.lease.id],
    });
    const { usage = {}, microUsd = null, asOf = null } = rows[0] ?? {};
    return microUsd === null || asOf === null ? { usage } : { usage, cost: { microUsd, asOf } };
  }

  /** Writes a node's state and its event, and what the node executes. */
  async write(change: NodeChange, children: readonly Child[] = []): Promise<void> {
    await this.database.transaction(async (client) => {
      await this.#change(client, change);
      for (const child of children) await this.#insert(client, change, child);
    });
  }

  async #change(client: PoolClient, change: NodeChange): Promise<void> {
    const { node, state, attempt, event, data, error, seconds } = change;
    const { rowCount } = await client.query({
      name: "change-node",
      text: `WITH fenced AS (
          UPDATE leases SET last_seq = last_seq + 1, expires_at = now() + make_interval(secs => $3)
          WHERE execution_id = $1 AND attempt = $2 RETURNING *
        ), told AS (
          INSERT INTO execution_events (accepted_on, execution_id, tenant_id, seq, attempt, type, data)
          SELECT accepted_on, execution_id, tenant_id, last_seq, attempt, $8, $9 FROM fenced
        )
        INSERT INTO workflow_nodes AS known (execution_id, tenant_id, node, state, attempt, error, due_at, finished_at)
        SELECT execution_id, tenant_id, $4, $5, $6, $7, now() + make_interval(secs => $10),
          CASE WHEN $5 IN ('completed', 'failed', 'skipped') THEN now() END
        FROM fenced
        ON CONFLICT (execution_id, node) DO UPDATE SET
          state = excluded.state, attempt = excluded.attempt, error = excluded.error, finished_at = excluded.finished_at,
          decision = CASE WHEN excluded.attempt > known.attempt OR excluded.state = 'paused' THEN NULL ELSE known.decision END,
          comment = CASE WHEN excluded.attempt > known.attempt THEN NULL ELSE known.comment END`,
      values: [
        ...[this.lease.id, this.lease.attempt, LEASE_SECONDS],
        ...[node, state, attempt, error ?? null, event, { node, attempt, ...data, ...(error && { error }) }],
        seconds ?? null,
      ],
    });
    if (rowCount === 0) throw new LeaseLost();
  }

  async #insert(client: PoolClient, { node, attempt }: NodeChange, child: Child): Promise<void> {
    const stored = (name: string): string => storedName(this.lease.tenant, name);
    await client.query({
      name: "execute-for-node",
      text: `INSERT INTO executions (id, tenant_id, prompt_id, prompt_version, model, messages, parameters, deadline_at, trace,
          parent_id, node, item, node_attempt, fallbacks, output_rules)
        SELECT $2, tenant_id, $3, $4, $5, $6, $7, least(now() + make_interval(secs => $8), deadline_at), $9, $1, $10, $11, $12, $13, $14
        FROM executions WHERE id = $1
        ON CONFLICT (parent_id, node, item, node_attempt) DO NOTHING`,
      values: [
        ...[this.lease.id, randomUUID(), child.prompt.promptId, child.prompt.version, stored(child.model)],
        ...[child.messages, child.parameters, child.timeoutSeconds, currentCarrier(), node, child.item, attempt],
        ...[child.fallbacks.map(stored), child.outputRules ?? null],
      ],
    });
  }
}
