import { z } from "zod";
import { quantity, smallestVolume, whole } from "../../platform/schema.ts";

/** An idle cluster's series and one compaction. */
const memory = { min: "512Mi", because: "Prometheus holds the series of the last hours in memory" };

export const options = z.strictObject({
  memory: quantity("memory", "2Gi", memory).default("2Gi").describe("memory of each Prometheus; default 2Gi"),
  storage: quantity("storage", "50Gi", smallestVolume)
    .default("50Gi")
    .describe("size of the volume of each Prometheus, of which it fills 80 %; default 50Gi"),
  retentionDays: whole(1, 365, "a number of days")
    .default(15)
    .describe("days for which metrics are kept, if the volume has room; default 15"),
});

export type Options = z.output<typeof options>;
