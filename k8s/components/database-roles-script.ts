export interface DatabaseRole {
  /** The service, and the file of its password. */
  readonly service: string;
  /** Role and database have one name. */
  readonly role: string;
  /** The most connections that the role may hold. */
  readonly connections: number;
}

/**
 * A script that gives each role its password, its limit and a database that only it may enter. It may run any number of
 * times. psql reads the services' passwords from their files: they are in no argument and no environment variable.
 */
export function databaseRolesScript(roles: readonly DatabaseRole[], secrets: string): string {
  return [
    "set -euo pipefail",
    `secrets=${secrets}`,
    'admin=$(<"$secrets/admin-url")',
    "",
    "give() { # service, role, connections",
    '  local file="$secrets/$1"',
    '  [[ -s $file ]] || { echo "$file holds no password for role $2" >&2; exit 1; }',
    '  psql "$admin" --no-psqlrc --quiet --set=ON_ERROR_STOP=1 \\',
    '    --set=file="$file" --set=role="$2" --set=connections="$3" <<\'SQL\'',
    "\\set password `cat :'file'`",
    "SELECT format('CREATE ROLE %I LOGIN', :'role')",
    "  WHERE NOT EXISTS (SELECT FROM pg_roles WHERE rolname = :'role') \\gexec",
    "ALTER ROLE :\"role\" WITH LOGIN PASSWORD :'password' CONNECTION LIMIT :connections;",
    // A managed server's administrator is no superuser: it may give a database only to a role that it is a member of.
    'GRANT :"role" TO CURRENT_USER;',
    "SELECT format('CREATE DATABASE %I OWNER %I', :'role', :'role')",
    "  WHERE NOT EXISTS (SELECT FROM pg_database WHERE datname = :'role') \\gexec",
    'REVOKE ALL ON DATABASE :"role" FROM PUBLIC;',
    "SQL",
    '  echo "database and role $2: at most $3 connections"',
    "}",
    "",
    ...roles.map(({ service, role, connections }) => `give ${service} ${role} ${connections}`),
    "",
  ].join("\n");
}
