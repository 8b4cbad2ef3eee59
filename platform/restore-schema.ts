import { z } from "zod";
import { text, whole } from "./schema.ts";

const MAX_GENERATION = 999;

export const databaseGeneration = whole(1, MAX_GENERATION, "a number of a generation");

/** Either a snapshot, or a second of a server's automated backups. */
export const restoreFrom = z
  .strictObject({
    /** Of the new server: the one that services use, or the next. */
    generation: databaseGeneration,
    /** Name or ARN of a snapshot. */
    snapshot: text(
      /^(rds:|awsbackup:)?[a-zA-Z][-a-zA-Z0-9]*$|^arn:aws:rds:[-a-z0-9]+:\d{12}:snapshot:[-:a-zA-Z0-9]+$/,
      "the name or ARN of a snapshot",
      "rds:promptops-production-2026-11-30-01-05",
    ).optional(),
    /** The last moment whose writes the new server has. */
    pointInTime: text(/^\d{4}-\d\d-\d\dT\d\d:\d\d:\d\dZ$/, "a time in UTC", "2026-11-30T02:15:00Z").optional(),
    /** Whose backups: on AWS the identifier of a server or the ARN of its automated backups, on Linode the id of a server. */
    of: text(
      /^([a-z][-a-z0-9]*|arn:aws:rds:[-a-z0-9]+:\d{12}:auto-backup:[-a-z0-9]+|\d+)$/,
      "a server, quoted",
      '"promptops-production"',
    ).optional(),
  })
  .refine(({ snapshot, pointInTime }) => (snapshot === undefined) !== (pointInTime === undefined), {
    path: ["snapshot"],
    error: "set either 'snapshot' or 'pointInTime', so that exactly one of them decides the data.",
  })
  .refine(({ pointInTime, of }) => (pointInTime === undefined) === (of === undefined), {
    path: ["of"],
    error: "set both 'pointInTime' and 'of', the server whose backups are restored, or neither.",
  });
