/** A database, and who may do what in it. */
export interface DatabaseGrant {
  /** The database and its owner, a role without login. */
  readonly database: string;
  readonly owner: string;
  /** Logs in as the owner, to migrate. */
  readonly migrator: LoginRole;
  /** Log in to use what migrations grant them. */
  readonly users: readonly LoginRole[];
}

export interface LoginRole {
  readonly role: string;
  /** The file of its password. */
  readonly file: string;
  /** The most connections that it may hold. */
  readonly connections: number;
}

/**
 * A script that creates databases, their owners and the roles that log in. It may run any number of times. psql reads passwords
 * from their files: they are in no argument and no environment variable.
 */
export function databaseRolesScript(grants: readonly DatabaseGrant[], secrets: string): string {
  return [
    "set -euo pipefail",
    `secrets=${secrets}`,
    'admin=$(<"$secrets/admin-url")',
    "",
    "run() { # settings; SQL on standard input",
    '  psql "$admin" --no-psqlrc --quiet --set=ON_ERROR_STOP=1 "$@"',
    "}",
    "",
    "login() { # role, file, connections",
    '  local file="$secrets/$2"',
    '  [[ -s $file ]] || { echo "$file holds no password for role $1" >&2; exit 1; }',
    '  run --set=file="$file" --set=role="$1" --set=connections="$3" <<\'SQL\'',
    "\\set password `cat :'file'`",
    "SELECT format('CREATE ROLE %I LOGIN', :'role')",
    "  WHERE NOT EXISTS (SELECT FROM pg_roles WHERE rolname = :'role') \\gexec",
    "ALTER ROLE :\"role\" WITH LOGIN PASSWORD :'password' CONNECTION LIMIT :connections;",
    "SQL",
    '  echo "role $1: at most $3 connections"',
    "}",
    "",
    "database() { # database, owner, migrator",
    '  run --set=database="$1" --set=owner="$2" --set=migrator="$3" <<\'SQL\'',
    "SELECT format('CREATE ROLE %I NOLOGIN', :'owner')",
    "  WHERE NOT EXISTS (SELECT FROM pg_roles WHERE rolname = :'owner') \\gexec",
    // A managed server's administrator is no superuser: it may give a database only to a role that it is a member of.
    'GRANT :"owner" TO CURRENT_USER, :"migrator";',
    // What a migration creates belongs to the owner, regardless of which role runs it.
    "ALTER ROLE :\"migrator\" SET role TO :'owner';",
    "SELECT format('CREATE DATABASE %I OWNER %I', :'database', :'owner')",
    "  WHERE NOT EXISTS (SELECT FROM pg_database WHERE datname = :'database') \\gexec",
    'REVOKE ALL ON DATABASE :"database" FROM PUBLIC;',
    'GRANT CONNECT ON DATABASE :"database" TO :"migrator";',
    "\\connect :database",
    'SET ROLE :"owner";',
    "REVOKE ALL ON SCHEMA public FROM PUBLIC;",
    "SQL",
    '  echo "database $1: owned by $2, migrated by $3"',
    "}",
    "",
    "admit() { # role, database, owner",
    '  run --set=role="$1" --set=database="$2" --set=owner="$3" <<\'SQL\'',
    'GRANT CONNECT ON DATABASE :"database" TO :"role";',
    "\\connect :database",
    'SET ROLE :"owner";',
    'GRANT USAGE ON SCHEMA public TO :"role";',
    "SQL",
    "}",
    "",
    ...grants.flatMap(({ database, owner, migrator, users }) => [
      ...[migrator, ...users].map(({ role, file, connections }) => `login ${role} ${file} ${connections}`),
      `database ${database} ${owner} ${migrator.role}`,
      ...users.map(({ role }) => `admit ${role} ${database} ${owner}`),
    ]),
    "",
  ].join("\n");
}
