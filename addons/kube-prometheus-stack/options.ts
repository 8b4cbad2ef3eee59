import { z } from "zod";
import { quantity, smallestVolume, whole } from "../../platform/schema.ts";

/** An idle cluster's series and one compaction. */
const memory = { min: "512Mi", because: "Prometheus holds the series of the last hours in memory" };

/** How alerts reach people. Each needs a secret in the store: the URL, or PagerDuty's integration key. */
const receiver = z.enum(["pagerduty", "slack", "webhook"], { error: "must be pagerduty, slack or webhook." });

const receivers = z.strictObject({
  page: receiver.optional().describe("who is woken; default nobody"),
  ticket: receiver.optional().describe("who reads in working hours; default nobody"),
  heartbeat: z
    .literal("webhook", { error: "must be webhook." })
    .optional()
    .describe("what tells when heartbeats stop: a dead man's switch; default nothing"),
});

export const options = z.strictObject({
  memory: quantity("memory", "2Gi", memory).default("2Gi").describe("memory of each Prometheus; default 2Gi"),
  storage: quantity("storage", "50Gi", smallestVolume)
    .default("50Gi")
    .describe("size of the volume of each Prometheus, of which it fills 80 %; default 50Gi"),
  retentionDays: whole(1, 365, "a number of days")
    .default(15)
    .describe("days for which metrics are kept, if the volume has room; default 15"),
  receivers: receivers.default({}).describe("where alerts are sent, by severity; default nowhere"),
});

export type Options = z.output<typeof options>;

export type Receivers = Options["receivers"];

/** The severities of alerts that are sent somewhere, each with the kind of its receiver. */
export const receiversOf = (sent: Receivers): [severity: keyof Receivers, kind: z.output<typeof receiver>][] =>
  (["page", "ticket", "heartbeat"] as const).flatMap((severity) => {
    const kind = sent[severity];
    return kind === undefined ? [] : [[severity, kind]];
  });
