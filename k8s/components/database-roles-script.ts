export interface DatabaseRole {
  /** The service, and the file of its password. */
  readonly service: string;
  readonly role: string;
  /** The database that it connects to: its own when both have one name. */
  readonly database: string;
  /** The most connections that the role may hold. */
  readonly connections: number;
}

/**
 * A script that gives each role its password, its limit and a database that only it may enter, and those whose database is
 * another's. It may run any number of
 * times. psql reads the services' passwords from their files: they are in no argument and no environment variable.
 */
export function databaseRolesScript(roles: readonly DatabaseRole[], secrets: string): string {
  return [
    "set -euo pipefail",
    `secrets=${secrets}`,
    'admin=$(<"$secrets/admin-url")',
    "",
    "give() { # service, role, connections, database",
    '  local file="$secrets/$1"',
    '  [[ -s $file ]] || { echo "$file holds no password for role $2" >&2; exit 1; }',
    '  psql "$admin" --no-psqlrc --quiet --set=ON_ERROR_STOP=1 \\',
    '    --set=file="$file" --set=role="$2" --set=connections="$3" --set=database="$4" <<\'SQL\'',
    "\\set password `cat :'file'`",
    "SELECT format('CREATE ROLE %I LOGIN', :'role')",
    "  WHERE NOT EXISTS (SELECT FROM pg_roles WHERE rolname = :'role') \\gexec",
    "ALTER ROLE :\"role\" WITH LOGIN PASSWORD :'password' CONNECTION LIMIT :connections;",
    // A managed server's administrator is no superuser: it may give a database only to a role that it is a member of.
    'GRANT :"role" TO CURRENT_USER;',
    "SELECT format('CREATE DATABASE %I OWNER %I', :'database', :'role')",
    "  WHERE NOT EXISTS (SELECT FROM pg_database WHERE datname = :'database') \\gexec",
    'REVOKE ALL ON DATABASE :"database" FROM PUBLIC;',
    'GRANT CONNECT ON DATABASE :"database" TO :"role";',
    "SQL",
    '  echo "role $2: at most $3 connections to database $4"',
    "}",
    "",
    // Owners first: a database is made by its owner's turn.
    ...roles
      .toSorted((one, other) => Number(one.role !== one.database) - Number(other.role !== other.database))
      .map(({ service, role, connections, database }) => `give ${service} ${role} ${connections} ${database}`),
    "",
  ].join("\n");
}
