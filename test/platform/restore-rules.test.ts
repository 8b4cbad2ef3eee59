import { describe, expect, test } from "vitest";
import { faultsOf } from "../environments.ts";

describe("keys of a restored database", () => {
  test.each<[string, Record<string, unknown>, RegExp]>([
    [
      "a restore without data",
      { "database.restoreFrom": { generation: 2 } },
      /^promptops:database\.restoreFrom\.snapshot: set either 'snapshot' or 'pointInTime'/,
    ],
    [
      "a moment of no server",
      { "database.restoreFrom": { generation: 2, pointInTime: "2026-11-30T02:15:00Z" } },
      /^promptops:database\.restoreFrom\.of: set both 'pointInTime' and 'of'/,
    ],
    [
      "a time that is not in UTC",
      { "database.restoreFrom": { generation: 2, pointInTime: "2026-11-30T02:15:00+01:00", of: "a" } },
      /^promptops:database\.restoreFrom\.pointInTime: must be a time in UTC/,
    ],
    [
      "the id of a server on Linode",
      { "database.restoreFrom": { generation: 2, pointInTime: "2026-11-30T02:15:00Z", of: "123456" } },
      /^promptops:database\.restoreFrom\.of: must be the identifier of a server, or the ARN of .* on aws/,
    ],
    [
      "a generation after the next",
      { "database.restoreFrom": { generation: 3, snapshot: "last" } },
      /^promptops:database\.restoreFrom\.generation: must be 2, for a server beside the one that services use, or 1/,
    ],
    [
      "nothing that could retire",
      { "database.retiring": { protect: true } },
      /^promptops:database\.generation: must be at least 2 where 'retiring' keeps the one before it/,
    ],
    [
      "a generation of what runs in the cluster",
      { "database.inCluster": true, "database.generation": 2 },
      /^promptops:database\.generation: has no meaning here: Postgres runs in the cluster/,
    ],
  ])("%s is refused", (_, changes, rule) => {
    expect(faultsOf(changes)).toEqual([expect.stringMatching(rule)]);
  });

  test.each([
    ["a snapshot by its name", { generation: 2, snapshot: "rds:promptops-production-2026-11-30-01-05" }],
    ["a copy in a vault", { generation: 2, snapshot: "awsbackup:job-0a1b2c3d" }],
    [
      "a snapshot of another account",
      { generation: 1, snapshot: "arn:aws:rds:eu-central-1:999988887777:snapshot:last" },
    ],
    [
      "backups in another region",
      {
        generation: 2,
        pointInTime: "2026-11-30T02:15:00Z",
        of: "arn:aws:rds:eu-west-1:111122223333:auto-backup:ab-0123",
      },
    ],
  ])("%s may be named", (_, restoreFrom) => {
    expect(faultsOf({ "database.restoreFrom": restoreFrom })).toEqual([]);
  });
});
