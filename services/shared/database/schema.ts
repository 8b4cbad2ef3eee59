import type { Client } from "pg";

/** What the running version of a service relies on. Names are those that its statements use. */
export interface Schema {
  /** OIDs of tables, views, sequences and functions, by name. An object that is dropped and created again has another OID. */
  readonly objects: ReadonlyMap<string, number>;
  readonly columns: readonly Column[];
  readonly constraints: readonly Constraint[];
  /** Privileges of roles other than the owner. */
  readonly grants: readonly Grant[];
}

export interface Column {
  readonly table: string;
  readonly name: string;
  /** Position in the table. A column that is dropped and added again has another one. */
  readonly position: number;
  readonly type: string;
  readonly notNull: boolean;
  readonly hasDefault: boolean;
}

/** A constraint or a unique index that Postgres has checked, or checks, for every row. */
export interface Constraint {
  readonly table: string;
  readonly name: string;
  readonly unique: boolean;
  readonly columns: readonly string[];
}

export interface Grant {
  readonly object: string;
  readonly grantee: string;
  readonly privilege: string;
}

const OWN_SCHEMA = "nspname <> 'information_schema' AND nspname NOT LIKE 'pg\\_%'";

const OBJECTS = `
  SELECT c.oid::int, c.oid::regclass::text AS name, relacl AS acl, relowner AS owner
  FROM pg_class c JOIN pg_namespace n ON n.oid = relnamespace WHERE relkind IN ('r', 'p', 'v', 'm', 'S') AND ${OWN_SCHEMA}
  UNION ALL
  SELECT p.oid::int, p.oid::regprocedure::text, proacl, proowner
  FROM pg_proc p JOIN pg_namespace n ON n.oid = pronamespace WHERE ${OWN_SCHEMA}`;

const COLUMNS = `
  SELECT attrelid::regclass::text AS table, attname AS name, attnum AS position, format_type(atttypid, atttypmod) AS type,
    attnotnull AS "notNull", atthasdef OR attidentity <> '' AS "hasDefault"
  FROM pg_attribute JOIN pg_class c ON c.oid = attrelid JOIN pg_namespace n ON n.oid = relnamespace
  WHERE relkind IN ('r', 'p') AND attnum > 0 AND NOT attisdropped AND ${OWN_SCHEMA}`;

const CONSTRAINTS = `
  SELECT conrelid::regclass::text AS table, conname AS name, false AS unique,
    ARRAY(SELECT attname::text FROM pg_attribute WHERE attrelid = conrelid AND attnum = ANY (conkey)) AS columns
  FROM pg_constraint JOIN pg_namespace n ON n.oid = connamespace
  WHERE contype IN ('c', 'f') AND convalidated AND conrelid <> 0 AND ${OWN_SCHEMA}
  UNION ALL
  SELECT indrelid::regclass::text, indexrelid::regclass::text, true,
    ARRAY(SELECT attname::text FROM pg_attribute WHERE attrelid = indrelid AND attnum = ANY (indkey::int2[]))
  FROM pg_index JOIN pg_class c ON c.oid = indrelid JOIN pg_namespace n ON n.oid = relnamespace
  WHERE (indisunique OR indisexclusion) AND ${OWN_SCHEMA}`;

const GRANTS = `
  SELECT name AS object, pg_get_userbyid(grantee) AS grantee, privilege_type AS privilege
  FROM (${OBJECTS}) AS objects, aclexplode(acl) WHERE grantee <> owner`;

/** Reads the schema from the catalogs of a database. */
export async function readSchema(client: Client): Promise<Schema> {
  const objects = await client.query<{ name: string; oid: number }>(OBJECTS);
  return {
    objects: new Map(objects.rows.map(({ name, oid }) => [name, oid])),
    columns: (await client.query<Column>(COLUMNS)).rows,
    constraints: (await client.query<Constraint>(CONSTRAINTS)).rows,
    grants: (await client.query<Grant>(GRANTS)).rows,
  };
}
