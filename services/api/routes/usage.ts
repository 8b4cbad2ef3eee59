import { z } from "zod";
import type { Api } from "../api.ts";
import { readBudget } from "../../shared/models/budget.ts";
import { onClosed } from "../on-closed.ts";
import { streamText } from "../stream-lines.ts";
import { exportFormat, isReadable, RANGE_RULE, rangeOf, usageRange } from "../usage-range.ts";
import { exportFormats, exportUsage, readUsageDays } from "../usage-reports.ts";

const limits = z.object({ soft: z.int().nullable(), hard: z.int().nullable() });

const usage = z
  .object({
    month: z.string().describe("The calendar month (UTC), such as 2026-11."),
    tokens: z.int().describe("Input and output tokens of all models."),
    microUsd: z.int().describe("Millionths of a USD, by the prices when each attempt ended."),
    limits: z
      .object({ tokens: limits, microUsd: limits })
      .describe(
        "Above 'soft', responses have the header 'x-budget-warning'. Above 'hard', executions are refused for the rest of the month.",
      ),
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

const amount = z.int();
const usageDays = z
  .object({
    days: z.array(
      z.object({
        day: z.iso.date(),
        model: z.string(),
        calls: amount.describe("Attempts that called the model."),
        cached: amount.describe("Cached answers that were returned without a call."),
        succeeded: amount.describe("Executions that succeeded."),
        failed: amount,
        cancelled: amount,
        promptTokens: amount,
        completionTokens: amount,
        microUsd: amount.describe("Millionths of a USD, by the prices when each attempt ended."),
      }),
    ),
  })
  .meta({ id: "UsageDays" });

export function addUsageRoutes(api: Api): void {
  addMonth(api);
  addDaily(api);
  addExport(api);
}

/** What a tenant has used this month, exactly: budgets are kept by it. */
function addMonth({ addRoute, staleReads }: Api): void {
  addRoute({
    method: "GET",
    url: "/usage",
    access: "executions:read",
    schema: {
      operationId: "readUsage",
      tags: ["usage"],
      summary: "Read the current month's tokens and cost by day and model",
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

/** What analytics has counted, some seconds after it ended. */
function addDaily({ addRoute, staleReads }: Api): void {
  addRoute({
    method: "GET",
    url: "/usage/daily",
    access: "executions:read",
    schema: {
      operationId: "readDailyUsage",
      tags: ["usage"],
      summary: "Read calls, outcomes, tokens and cost by day and model",
      querystring: z.object(usageRange).refine(isReadable, RANGE_RULE),
      response: { 200: usageDays },
    },
    handler: ({ caller, query }) =>
      staleReads.asTenant(caller.tenant, async (client) => ({ days: await readUsageDays(client, rangeOf(query)) })),
  });
}

function addExport({ addRoute, database, exports }: Api): void {
  addRoute({
    method: "GET",
    url: "/usage/export",
    audit: "usage.export",
    access: "executions:read",
    schema: {
      operationId: "exportUsage",
      tags: ["usage"],
      summary: "Export finished attempts and executions of up to the last 90 days",
      querystring: z.object({ ...usageRange, format: exportFormat.default("ndjson") }).refine(isReadable, RANGE_RULE),
      response: {
        200: {
          description:
            "One line per attempt or execution, oldest first. With 'ndjson', the last line counts the others.",
          content: {
            "application/x-ndjson": { schema: z.unknown().meta({ type: "string" }) },
            "text/csv": { schema: z.unknown().meta({ type: "string" }) },
          },
        },
      },
    },
    handler: async ({ caller, query, audit }, reply) => {
      onClosed(reply, exports.take(caller.tenant));
      await database.asTenant(caller.tenant, (client) => audit.record(client));
      const format = exportFormats[query.format];
      const days = rangeOf(query);
      const lines = exportUsage(database, caller.tenant, { range: days, format });
      return reply
        .header("cache-control", "no-store")
        .header("content-disposition", `attachment; filename="usage-${days.from}-${days.to}.${query.format}"`)
        .type(format.type)
        .send(streamText(lines));
    },
  });
}
