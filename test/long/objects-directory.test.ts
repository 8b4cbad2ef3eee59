import { mkdtempSync, readdirSync, rmSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { afterAll, beforeAll, describe, expect, test } from "vitest";
import { directoryObjects } from "../../services/shared/objects/directory-objects.ts";
import type { ObjectStore } from "../../services/shared/objects/ports.ts";
import { testObjects } from "../services/objects-contract.ts";

let folder: string;
let store: ObjectStore;
beforeAll(async () => {
  folder = mkdtempSync(join(tmpdir(), "promptops-objects-"));
  store = await directoryObjects({ directory: folder, port: 0 });
});
afterAll(async () => {
  await store.close();
  rmSync(folder, { recursive: true, force: true });
});

describe("in a directory", () => {
  testObjects(() => store);

  test("nothing unfinished is left", () => {
    expect(readdirSync(join(folder, "unfinished"))).toEqual([]);
  });

  test("a request that one process signs is answered by another that shares the directory", async () => {
    const other = await directoryObjects({ directory: folder, port: 0 });
    const tenant = "0a000000-0000-4000-8000-000000000000";
    await store.of(tenant).put("a", Buffer.from("shared"), "text/plain");
    const [mine, its] = await Promise.all([store, other].map((each) => each.of(tenant).download("a", { seconds: 60 })));
    const path = new URL(mine?.url ?? "");
    const answer = await fetch(`${new URL(its?.url ?? "").origin}${path.pathname}${path.search}`);
    expect(await answer.text()).toBe("shared");
    await other.close();
  });
});
