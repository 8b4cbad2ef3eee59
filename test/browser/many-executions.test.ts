import { Client } from "pg";
import { afterAll, beforeAll, expect, test } from "vitest";
import { type ConsoleStack, startConsole, untilInPage, visitSignedIn } from "./console-stack.ts";

const EXECUTIONS = 10_000;
/** Rows of a page of the console. */
const PAGE = 50;
/** Elements of a page with 50 rows and the frame, at most. */
const MAX_ELEMENTS = 2_000;

let console: ConsoleStack;
beforeAll(async () => {
  console = await startConsole({ workers: 0 });
  const prompt = await console.tenant.prompt("busy");
  const execution = await console.tenant.execute(prompt, "first");
  const database = new Client({ connectionString: console.stack.platform.databaseUrl });
  await database.connect();
  const { fields } = await database.query("SELECT * FROM executions LIMIT 0");
  const { rows: generated } = await database.query<{ name: string }>(
    "SELECT attname AS name FROM pg_attribute WHERE attrelid = 'executions'::regclass AND (attgenerated <> '' OR attidentity <> '')",
  );
  const columns = fields
    .map(({ name }) => name)
    .filter((name) => !["id", "created_at", "idempotency_key", ...generated.map((each) => each.name)].includes(name));
  await database.query(
    `INSERT INTO executions (id, created_at, ${columns.join(", ")})
      SELECT gen_random_uuid(), created_at - number * interval '1 second', ${columns.join(", ")}
      FROM executions, generate_series(1, ${EXECUTIONS - 1}) AS number WHERE id = $1`,
    [execution],
  );
  await database.end();
});
afterAll(async () => {
  await console.stop();
});

test(`${EXECUTIONS} executions are paged to the last one, with 50 rows per request and a page that does not grow`, async () => {
  const { page, faults } = await visitSignedIn(console, "/executions");
  const limits = new Set<string | null>();
  page.on("request", (request) => {
    const url = new URL(request.url());
    if (url.pathname === "/api/executions") limits.add(url.searchParams.get("limit"));
  });
  await page.getByRole("heading", { name: "Executions" }).waitFor();
  const seen = new Set<string>();
  for (let number = 1; number <= EXECUTIONS / PAGE; number += 1) {
    const links = await page.evaluate<string[]>(
      "[...document.querySelectorAll('tbody th a')].map(({ pathname }) => pathname)",
    );
    for (const link of links) seen.add(link);
    const elements = await page.evaluate<number>("document.querySelectorAll('*').length");
    expect([links.length, elements < MAX_ELEMENTS]).toEqual([PAGE, true]);
    await page.getByRole("link", { name: "Older" }).click();
    await untilInPage(page, `document.querySelector("tbody a")?.pathname !== ${JSON.stringify(links[0])}`);
  }
  // The last page is full, so the console cannot know that it is the last: the next one is empty.
  expect([seen.size, await page.getByRole("rowheader").count()]).toEqual([EXECUTIONS, 0]);
  await page.getByRole("link", { name: "Newest" }).click();
  await untilInPage(page, `document.querySelectorAll("tbody tr").length === ${PAGE}`);
  expect([...limits]).toEqual([String(PAGE)]);
  expect(faults).toEqual([]);
});
