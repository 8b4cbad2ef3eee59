import { z } from "zod";

/** Days that counted events are kept. An older one may have been counted before, and nothing would tell. */
const MAX_AGE_DAYS = 90;
const DAY = 86_400_000;

const amount = z.int().min(0);

/** What an attempt, or an execution that ended without one, used. Unknown keys are those of a later release, and are dropped. */
const usageEvent = z.object({
  id: z.uuid(),
  at: z.iso
    .datetime({ offset: true })
    .refine((at) => Date.now() - Date.parse(at) < MAX_AGE_DAYS * DAY, `is more than ${MAX_AGE_DAYS} days ago`),
  tenant: z.uuid(),
  execution: z.uuid(),
  /** Null, as its version, where messages were sent without a prompt. */
  prompt: z.uuid().nullable(),
  promptVersion: z.int().min(1).nullable(),
  attempt: amount,
  model: z.string().min(1).max(500),
  /** The model is its tenant's own, not the platform's. */
  ownModel: z.boolean(),
  /** `retried`: the attempt ended, and the execution did not. */
  outcome: z.enum(["succeeded", "failed", "cancelled", "retried"]),
  /** A model was asked. */
  called: z.boolean(),
  /** The answer to an equal execution was given again. */
  cached: z.boolean(),
  promptTokens: amount,
  completionTokens: amount,
  /** Millionths of a USD. */
  microUsd: amount,
});
export type UsageEvent = z.output<typeof usageEvent>;

/** Reads an event from JSON, or says what is wrong with it, without a value. */
export function parseUsageEvent(json: string): UsageEvent | { readonly fault: string } {
  let value: unknown;
  try {
    value = JSON.parse(json);
  } catch {
    return { fault: "it is not JSON" };
  }
  const parsed = usageEvent.safeParse(value);
  if (parsed.success) return parsed.data;
  return { fault: parsed.error.issues.map(({ path, message }) => `${path.join(".")}: ${message}`).join("; ") };
}
