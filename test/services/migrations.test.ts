import { chmodSync, existsSync, mkdirSync, mkdtempSync, readFileSync, rmSync, writeFileSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { Client } from "pg";
import { afterAll, beforeAll, describe, expect, test } from "vitest";
import { type EmbeddedPostgres, startEmbeddedPostgres } from "../../local/embedded-postgres.ts";
import { giveRoles } from "../../local/give-roles.ts";
import { loadServices } from "../../services/catalogue.ts";
import { findBreakingChanges } from "../../services/shared/database/breaking-changes.ts";

let folder: string;
let postgres: EmbeddedPostgres;
let admin: Client;
beforeAll(async () => {
  folder = mkdtempSync(join(tmpdir(), "promptops-test-"));
  chmodSync(folder, 0o711);
  postgres = await startEmbeddedPostgres({ folder: join(folder, "postgres"), durable: false });
  admin = new Client({ connectionString: postgres.url() });
  await admin.connect();
  await admin.query("CREATE ROLE reader");
});
afterAll(async () => {
  await admin.end();
  await postgres.stop();
  rmSync(folder, { recursive: true, force: true });
});

test("no migration of a service breaks the release before it", async () => {
  const services = await loadServices();
  const { migrate } = await giveRoles(postgres.url, services, "test");
  const faults: string[] = [];
  for (const [name, url] of migrate) {
    const migrations = join(import.meta.dirname, "../../services", name, "migrations");
    if (existsSync(migrations)) faults.push(...(await findBreakingChanges(url, migrations)));
    else faults.push(`services/${name}/migrations is missing.`);
  }
  expect(migrate.size).toBeGreaterThan(0);
  expect(faults).toEqual([]);
});

const FIRST = `-- Up Migration
CREATE TABLE notes (
  id uuid PRIMARY KEY DEFAULT gen_random_uuid(),
  text text,
  size integer NOT NULL DEFAULT 0,
  author integer
);
CREATE TABLE authors (id integer PRIMARY KEY);
CREATE FUNCTION one() RETURNS integer LANGUAGE sql RETURN 1;
GRANT SELECT ON notes TO reader;
`;

let databases = 0;

/** The faults of a migration that comes after `FIRST`. */
async function judge(up: string, file = "0002_second.sql"): Promise<string[]> {
  const name = `judged_${++databases}`;
  await admin.query(`CREATE DATABASE ${name}`);
  const migrations = join(folder, name);
  mkdirSync(migrations);
  writeFileSync(join(migrations, "0001_first.sql"), FIRST);
  writeFileSync(join(migrations, file), file.endsWith(".sql") ? `-- Up Migration\n${up}` : up);
  return findBreakingChanges(postgres.url(name), migrations);
}

describe("refused, because the previous release still runs", () => {
  test.each([
    ["DROP TABLE notes", "'notes' is dropped or renamed"],
    ["ALTER TABLE notes RENAME TO remarks", "'notes' is dropped or renamed"],
    ["ALTER TABLE notes DROP COLUMN text", "'notes.text' is dropped or renamed"],
    ["ALTER TABLE notes DROP COLUMN text, ADD COLUMN text text", "'notes.text' is dropped or renamed"],
    ["ALTER TABLE notes RENAME COLUMN text TO body", "'notes.text' is dropped or renamed"],
    ["ALTER TABLE notes ALTER COLUMN size TYPE bigint", "'notes.size' changes its type from integer to bigint"],
    ["ALTER TABLE notes ALTER COLUMN text SET NOT NULL", "'notes.text' is set to NOT NULL"],
    ["ALTER TABLE notes ALTER COLUMN size DROP DEFAULT", "'notes.size' loses its DEFAULT"],
    ["ALTER TABLE notes ADD COLUMN mood text NOT NULL", "'notes.mood' is added as NOT NULL without DEFAULT"],
    [
      "ALTER TABLE notes ADD CONSTRAINT short CHECK (size < 9)",
      "'notes' gets the constraint 'short' without NOT VALID",
    ],
    [
      "ALTER TABLE notes ADD CONSTRAINT by FOREIGN KEY (author) REFERENCES authors",
      "'notes' gets the constraint 'by' without NOT VALID",
    ],
    ["ALTER TABLE notes ADD CONSTRAINT once UNIQUE (text)", "'notes' gets the unique index 'once'"],
    ["CREATE UNIQUE INDEX once ON notes (lower(text))", "'notes' gets the unique index 'once'"],
    ["ALTER TABLE notes ADD COLUMN mood text DEFAULT '' UNIQUE", "'notes' gets the unique index 'notes_mood_key'"],
    ["REVOKE SELECT ON notes FROM reader", "SELECT on 'notes' is revoked from reader"],
    ["DROP FUNCTION one", "'one()' is dropped or renamed"],
    ["DO $$ BEGIN EXECUTE format('DROP TABLE %I', 'notes'); END $$", "'notes' is dropped or renamed"],
  ])("%s", async (up, change) => {
    expect(await judge(`${up};`)).toEqual([
      `0002_second: ${change}. The previous release still runs on this schema. Make the change in a later release, in a file ` +
        `named <number>_contract-<what>; see docs/how-to/migrations.md.`,
    ]);
  });

  test("a migration that is written in TypeScript", async () => {
    const up = `export const up = (pgm: { dropColumn(table: string, column: string): void }): void => pgm.dropColumn("notes", "text");`;
    expect(await judge(up, "0002_second.ts")).toEqual([expect.stringContaining("'notes.text' is dropped or renamed")]);
  });
});

describe("accepted, because the previous release does not notice", () => {
  test.each([
    ["CREATE TABLE tags (note uuid NOT NULL REFERENCES notes, tag text NOT NULL, PRIMARY KEY (note, tag))"],
    ["ALTER TABLE notes ADD COLUMN mood text"],
    ["ALTER TABLE notes ADD COLUMN mood text NOT NULL DEFAULT 'fair' CHECK (mood <> '')"],
    ["ALTER TABLE notes ADD COLUMN link text UNIQUE"],
    ["ALTER TABLE notes ALTER COLUMN size DROP NOT NULL"],
    ["ALTER TABLE notes ADD CONSTRAINT short CHECK (size < 9) NOT VALID"],
    ["CREATE INDEX by_text ON notes (text)"],
    ["CREATE OR REPLACE FUNCTION one() RETURNS integer LANGUAGE sql RETURN 2"],
    ["GRANT INSERT ON notes TO reader"],
  ])("%s", async (up) => {
    expect(await judge(`${up};`)).toEqual([]);
  });

  test("a destructive statement in a file whose name carries 'contract'", async () => {
    expect(await judge("DROP TABLE notes;", "0002_contract-drop-notes.sql")).toEqual([]);
    expect(await judge("DROP TABLE notes;", "0002_drop-notes-contract.sql")).toEqual([]);
    expect(await judge("DROP TABLE notes;", "0002_contractors.sql")).toHaveLength(1);
  });
});

describe("the rename in docs/how-to/migrations.md", () => {
  const page = readFileSync(join(import.meta.dirname, "../../docs/how-to/migrations.md"), "utf8");
  const [expand = "", contract = ""] = [...page.matchAll(/```sql\n(.*?)```/gs)].map(([, sql = ""]) => sql);

  test("expands in a first release and contracts in a file of its own", async () => {
    expect(await judge(expand, "0002_add-body.sql")).toEqual([]);
    expect(await judge(`${expand}${contract}`, "0002_all-at-once.sql")).not.toEqual([]);
  });

  test("shows each version what the other one writes", async () => {
    await admin.query("CREATE DATABASE rename");
    const client = new Client({ connectionString: postgres.url("rename") });
    await client.connect();
    try {
      await client.query("CREATE TABLE notes (id integer PRIMARY KEY, text text NOT NULL)");
      await client.query("INSERT INTO notes (id, text) VALUES (1, 'before')");
      await client.query(expand);
      await client.query("INSERT INTO notes (id, text) VALUES (2, 'old'), (3, 'old')");
      await client.query("INSERT INTO notes (id, body) VALUES (4, 'new'), (5, 'new')");
      await client.query("UPDATE notes SET body = 'new again' WHERE id = 3");
      await client.query("UPDATE notes SET text = 'old again' WHERE id = 5");
      const texts = ["before", "old", "new again", "new", "old again"];
      const { rows } = await client.query<{ text: string; body: string }>("SELECT text, body FROM notes ORDER BY id");
      expect(rows).toEqual(texts.map((text) => ({ text, body: text })));
      await client.query(contract);
      expect((await client.query("SELECT body FROM notes ORDER BY id")).rows).toEqual(texts.map((body) => ({ body })));
    } finally {
      await client.end();
    }
  });
});
