import { z } from "zod";
import type { Api } from "../api.ts";

const usage = z
  .object({
    month: z.string().describe("The calendar month (UTC), such as 2026-11."),
    tokens: z.int().describe("Of prompts and answers, all models together."),
    microUsd: z.int().describe("Millionths of a USD, by the prices when each attempt ended."),
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
export function addUsageRoutes({ addRoute, database }: Api): void {
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
    handler: async ({ caller }) => {
      const { rows } = await database.asTenant(caller.tenant, (client) =>
        client.query<Day>(
          `SELECT to_char(day, 'YYYY-MM-DD') AS day, model, prompt_tokens AS "promptTokens",
            completion_tokens AS "completionTokens", cost_micro_usd AS "microUsd"
          FROM token_usage WHERE tenant_id = current_tenant() AND day >= date_trunc('month', now() AT TIME ZONE 'UTC')::date
          ORDER BY day, model`,
        ),
      );
      const sum = (valueOf: (row: Day) => number): number => rows.reduce((total, row) => total + valueOf(row), 0);
      return {
        month: new Date().toISOString().slice(0, 7),
        tokens: sum(({ promptTokens, completionTokens }) => promptTokens + completionTokens),
        microUsd: sum(({ microUsd }) => microUsd),
        days: rows,
      };
    },
  });
}
