import { z } from "zod";
import type { Api } from "../api.ts";
import { readBudget } from "../../shared/models/budget.ts";
import { onClosed } from "../on-closed.ts";
import { streamText } from "../stream-lines.ts";
import { exportFormats, exportUsage, type Range, readUsageDays } from "../usage-reports.ts";

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

/** Days that are read at once. */
const MAX_DAYS = 366;
const DAY = 86_400_000;

/** Days that are read when none is named, with today. */
const DEFAULT_DAYS = 30;

const range = {
  from: z.iso
    .date()
    .optional()
    .describe(`The first day (UTC). By default, ${DEFAULT_DAYS - 1} days before the last.`),
  to: z.iso
    .date()
    .optional()
    .describe(`The last day (UTC), at most ${MAX_DAYS - 1} days after the first. By default, today.`),
};

function rangeOf({ from, to }: { readonly from?: string | undefined; readonly to?: string | undefined }): Range {
  const last = to ?? dayOf(Date.now());
  return { from: from ?? dayOf(Date.parse(last) - (DEFAULT_DAYS - 1) * DAY), to: last };
}

const dayOf = (time: number): string => new Date(time).toISOString().slice(0, "2026-11-29".length);

function isReadable(given: Parameters<typeof rangeOf>[0]): boolean {
  const { from, to } = rangeOf(given);
  return from >= FIRST_DAY && from <= to && Date.parse(to) - Date.parse(from) < MAX_DAYS * DAY;
}
const RANGE_RULE = {
  path: ["to"],
  message: `must be 'from' or up to ${MAX_DAYS - 1} days later, and both in the year 1 or later. Read a longer time in parts.`,
};
/** Postgres knows no year 0. */
const FIRST_DAY = "0001-01-01";

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
      querystring: z.object(range).refine(isReadable, RANGE_RULE),
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
      querystring: z
        .object({ ...range, format: z.enum(["csv", "ndjson"]).default("ndjson") })
        .refine(isReadable, RANGE_RULE),
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
