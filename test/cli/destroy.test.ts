import { expect, test } from "vitest";
import { root } from "../environments.ts";
import { promptops } from "./promptops.ts";

test.each([
  [
    "no word on backups",
    ["destroy", "production"],
    "--backups is not given. Write --backups keep, or --backups delete.",
  ],
  ["a wrong word", ["destroy", "production", "--backups", "maybe"], "--backups is 'maybe'."],
  [
    "another name to confirm",
    ["destroy", "production", "--backups", "keep", "--confirm", "staging"],
    "--confirm is 'staging', and the environment is 'production'. Write --confirm production.",
  ],
  [
    "a snapshot where there is none",
    ["destroy", "production-lke", "--backups", "keep", "--final-snapshot", "last"],
    "--final-snapshot: linode takes none.",
  ],
  [
    "a name that no snapshot may have",
    ["destroy", "production", "--backups", "keep", "--final-snapshot", "Last One"],
    "--final-snapshot 'Last One' must be the name of a snapshot",
  ],
  ["no such environment", ["destroy", "nowhere", "--backups", "keep"], "nowhere"],
])("destroy refuses %s before it opens a stack, with status 2", async (_, args, message) => {
  const { code, err } = await promptops(args, root);
  expect(err).toContain(message);
  expect(code).toBe(2);
});
