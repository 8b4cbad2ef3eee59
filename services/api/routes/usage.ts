import { z } from "zod";
import type { Api } from "../api.ts";
import { readBudget } from "../../shared/models/budget.ts";

const limits = z.object({ soft: z.int().nullable(), hard: z.int().nullable() });

const usage = z
  .object({
    month: z.string().describe("The calendar month (UTC), such as 2026-11."),
    tokens: z.int().describe("Of prompts and answers, all models together."),
    microUsd: z.int().describe("Millionths of a USD, by the prices when each attempt ended."),
    limits: z
      .object({ tokens: limits, microUsd: limits })
      .describe("Beyond 'soft', 'x-budget-warning' says so; beyond 'hard', nothing more is accepted this month."),
    days: z.array(
      z.object({
        day: z.iso.date(),
        model: z.string(),
        promptTokens: z.int(),
        completionTokens: z.int(),
        microUsd: z.int(),
      }),
    ),
  })
  .meta({ id: "Usage" });
type Day = z.output<typeof usage>["days"][number];

/** What a tenant has used this month. */
export function addUsageRoutes({ addRoute, staleReads }: Api): void {
  addRoute({
    method: "GET",
    url: "/usage",
    access: "executions:read",
    schema: {
      operationId: "readUsage",
      tags: ["usage"],
      summary: "Read this month's tokens and cost, by day and model",
      response: { 200: usage },
    },
    handler: ({ caller }) =>
      staleReads.asTenant(caller.tenant, async (client) => {
        const { month, tokens, microUsd, limits } = await readBudget(client, caller.tenant);
        const { rows } = await client.query<Day>(
          `SELECT to_char(day, 'YYYY-MM-DD') AS day, model, prompt_tokens AS "promptTokens",
            completion_tokens AS "completionTokens", cost_micro_usd AS "microUsd"
          FROM token_usage WHERE tenant_id = current_tenant() AND day >= to_date($1, 'YYYY-MM') ORDER BY day, model`,
          [month],
        );
        return { month, tokens, microUsd, limits, days: rows };
      }),
  });
}
