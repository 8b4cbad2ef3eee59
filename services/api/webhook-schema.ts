import { z } from "zod";
import { isUnique } from "../../platform/schema.ts";
import { deliveryStates, eventTypes, MAX_OUTPUT } from "../shared/webhooks/events.ts";
import { isPublicUrl, PUBLIC_URL_RULE } from "./public-url.ts";
import { name, page } from "./schemas.ts";

const NOT_UNIQUE = "must not name anything twice";

const facts = {
  url: z
    .string()
    .max(2_000)
    .regex(/^[^\s#]*$/, "must have no space and fragment")
    .refine(isPublicUrl, PUBLIC_URL_RULE)
    .describe("Where events are sent. It may have a query."),
  description: z.string().max(500),
  events: z.array(z.enum(eventTypes)).min(1).max(eventTypes.length).refine(isUnique, NOT_UNIQUE),
  prompts: z
    .array(name)
    .max(100)
    .refine(isUnique, NOT_UNIQUE)
    .describe("Only executions of these prompts and of 'workflows' are sent. If both are empty, all executions are."),
  workflows: z.array(name).max(100).refine(isUnique, NOT_UNIQUE),
  include: z
    .array(z.literal("output"))
    .max(1)
    .describe(`'output': events of executions contain the first ${MAX_OUTPUT} characters of the output.`),
};

/** A webhook as it is created. */
export const newWebhook = z
  .strictObject({
    ...{ url: facts.url, description: facts.description.default(""), events: facts.events },
    prompts: facts.prompts.default([]),
    workflows: facts.workflows.default([]),
    include: facts.include.default([]),
  })
  .meta({
    id: "NewWebhook",
    examples: [{ url: "https://hooks.example.com/promptops", events: ["execution.succeeded", "execution.failed"] }],
  });
export type WebhookInput = z.output<typeof newWebhook>;

/** What is changed of a webhook; what is left out stays as it is. */
export const webhookChanges = z
  .strictObject({
    ...facts,
    enabled: z.boolean().describe("A disabled webhook is sent nothing. Deliveries that wait are kept for a week."),
  })
  .partial()
  .meta({ id: "WebhookChanges", examples: [{ enabled: false }, { events: ["budget.reached"] }] });
export type WebhookChanges = z.output<typeof webhookChanges>;

export const webhook = z
  .object({
    id: z.uuid(),
    ...{ url: z.string(), description: z.string(), events: z.array(z.string()) },
    ...{ prompts: z.array(z.string()), workflows: z.array(z.string()), include: z.array(z.string()) },
    enabled: z.boolean(),
    disabledReason: z
      .enum(["request", "gone", "failing"])
      .nullable()
      .describe("'gone': the endpoint answered 410. 'failing': every attempt failed for five days."),
    disabledAt: z.iso.datetime().nullable(),
    failingSince: z.iso.datetime().nullable().describe("Since when every attempt has failed. Null after a success."),
    previousSecretExpiresAt: z.iso
      .datetime()
      .nullable()
      .describe("Until when the secret before the last rotation signs."),
    createdAt: z.iso.datetime(),
  })
  .meta({ id: "Webhook" });
export type Webhook = z.output<typeof webhook>;

export const webhookWithSecret = z
  .object({
    webhook,
    secret: z.string().describe("The secret that signs, such as 'whsec_...'. Shown only once: it is stored encrypted."),
  })
  .meta({ id: "WebhookWithSecret" });
export type WebhookWithSecret = z.output<typeof webhookWithSecret>;

export const delivery = z
  .object({
    id: z.uuid(),
    event: z
      .object({ id: z.uuid(), type: z.string(), createdAt: z.iso.datetime() })
      .describe("'id' is the value of the header 'webhook-id', the same for every attempt."),
    state: z.enum(deliveryStates),
    attempts: z.int().describe("Attempts that were started."),
    status: z.int().nullable().describe("The HTTP status of the last attempt."),
    error: z.string().nullable().describe("Why the last attempt failed, or 'expired' after a week without success."),
    nextAttemptAt: z.iso.datetime().nullable().describe("Null unless the state is 'pending'."),
    createdAt: z.iso.datetime(),
    finishedAt: z.iso.datetime().nullable(),
  })
  .meta({ id: "WebhookDelivery" });
export type Delivery = z.output<typeof delivery>;

export const deliveryDetail = delivery
  .extend({
    data: z.record(z.string(), z.unknown()).describe("The event's 'data', without an output."),
    log: z
      .array(
        z.object({
          number: z.int(),
          startedAt: z.iso.datetime(),
          milliseconds: z.int(),
          status: z.int().nullable(),
          error: z.string().nullable(),
          excerpt: z.string().nullable().describe("The first 500 characters of the response body."),
        }),
      )
      .describe("Attempts that ended, in order. A number is missing if the process that started the attempt was lost."),
  })
  .meta({ id: "WebhookDeliveryDetail" });
export type DeliveryDetail = z.output<typeof deliveryDetail>;

export const deliveryQuery = page.extend({ state: z.enum(deliveryStates).optional() });
export const byDelivery = z.object({ id: z.uuid(), delivery: z.uuid() });
