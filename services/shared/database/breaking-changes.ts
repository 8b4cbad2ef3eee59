import { Client } from "pg";
import { connectionString } from "./connection-string.ts";
import { migrate } from "./migrate.ts";
import { type Column, type Constraint, type Grant, readSchema, type Schema } from "./schema.ts";

const quiet = { info: () => undefined, warn: () => undefined, error: () => undefined };

/** Files with this word in their names may remove what the previous release no longer uses. */
const CONTRACT = /(?:^|[-_])contract(?:[-_]|$)/;

/**
 * Applies the migrations of a folder one by one to an empty database, and compares the schema before and after each. Returns one
 * line per change that breaks the release that still runs during a rollout or after a rollback. It asks Postgres instead of
 * reading the files, so it also judges dynamic SQL and migrations in TypeScript.
 */
export async function findBreakingChanges(databaseUrl: string, folder: string): Promise<string[]> {
  const client = new Client({ connectionString: connectionString(databaseUrl) });
  await client.connect();
  try {
    const faults: string[] = [];
    let before = await readSchema(client);
    for (;;) {
      const [file] = await migrate(databaseUrl, folder, quiet, { count: 1 });
      if (file === undefined) return faults;
      const after = await readSchema(client);
      if (!CONTRACT.test(file)) faults.push(...compareSchemas(before, after).map((change) => describe(file, change)));
      before = after;
    }
  } finally {
    await client.end();
  }
}

const describe = (file: string, change: string): string =>
  `${file}: ${change}. The previous release still runs on this schema. Make the change in a later release, in a file ` +
  `named <number>_contract-<what>; see docs/how-to/migrations.md.`;

function compareSchemas(before: Schema, after: Schema): string[] {
  const isKept = (name: string): boolean => after.objects.get(name) === before.objects.get(name);
  const lost = [...before.objects.keys()].filter((name) => !isKept(name));
  const old = new Map(before.columns.map((column) => [keyOf(column), column]));
  const now = new Map(after.columns.map((column) => [keyOf(column), column]));
  const inKept = <Item extends { readonly table: string }>(items: readonly Item[]): Item[] =>
    items.filter(({ table }) => before.objects.has(table) && isKept(table));
  return [
    ...lost.map((name) => `'${name}' is dropped or renamed`),
    ...inKept(before.columns).flatMap((column) => compareColumns(column, now.get(keyOf(column)))),
    ...inKept(after.columns)
      .filter((column) => !old.has(keyOf(column)) && isRequired(column))
      .map((column) => `'${keyOf(column)}' is added as NOT NULL without DEFAULT`),
    ...inKept(addedConstraints(before, after))
      .filter((constraint) => !bindsNewColumnsOnly(constraint, old, now))
      .map(describeConstraint),
    ...revoked(before, after)
      .filter(({ object }) => isKept(object))
      .map(({ object, grantee, privilege }) => `${privilege} on '${object}' is revoked from ${grantee}`),
  ];
}

const keyOf = ({ table, name }: Pick<Column, "table" | "name">): string => `${table}.${name}`;

/** Whether an INSERT that does not name the column fails. */
const isRequired = ({ notNull, hasDefault }: Column): boolean => notNull && !hasDefault;

function compareColumns(before: Column, after: Column | undefined): string[] {
  const key = keyOf(before);
  if (after?.position !== before.position) return [`'${key}' is dropped or renamed`];
  return [
    ...(after.type === before.type ? [] : [`'${key}' changes its type from ${before.type} to ${after.type}`]),
    ...(after.notNull && !before.notNull ? [`'${key}' is set to NOT NULL`] : []),
    ...(before.notNull && isRequired(after) && !isRequired(before) ? [`'${key}' loses its DEFAULT`] : []),
  ];
}

function addedConstraints(before: Schema, after: Schema): Constraint[] {
  const known = new Set(before.constraints.map(keyOf));
  return after.constraints.filter((constraint) => !known.has(keyOf(constraint)));
}

/** The previous release leaves new columns alone, so they hold NULL or their default. Equal defaults are not unique. */
function bindsNewColumnsOnly(
  { table, columns, unique }: Constraint,
  old: ReadonlyMap<string, Column>,
  now: ReadonlyMap<string, Column>,
): boolean {
  const keys = columns.map((name) => keyOf({ table, name }));
  return keys.length > 0 && keys.every((key) => !old.has(key) && !(unique && now.get(key)?.hasDefault));
}

const describeConstraint = ({ table, name, unique }: Constraint): string =>
  unique ? `'${table}' gets the unique index '${name}'` : `'${table}' gets the constraint '${name}' without NOT VALID`;

function revoked(before: Schema, after: Schema): Grant[] {
  const textOf = (grant: Grant): string => JSON.stringify(grant);
  const remaining = new Set(after.grants.map(textOf));
  return before.grants.filter((grant) => !remaining.has(textOf(grant)));
}
