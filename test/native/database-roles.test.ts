import { spawnSync } from "node:child_process";
import { chmodSync, mkdtempSync, rmSync, writeFileSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { afterEach, beforeEach, describe, expect, test } from "vitest";
import { databaseRolesScript } from "../../k8s/components/database-roles-script.ts";

/** Awkward on purpose: what a shell, SQL and a URL would each trip over. */
const PASSWORD = `it's "$HOME" \\ \`id\` %`;
let secrets = "";

beforeEach(() => {
  secrets = mkdtempSync(join(tmpdir(), "promptops-secrets-"));
  chmodSync(secrets, 0o755);
  writeFileSync(join(secrets, "api"), PASSWORD);
  writeFileSync(join(secrets, "worker"), "other");
});
afterEach(() => {
  rmSync(secrets, { recursive: true });
});

/** Runs a bash script beside a real, empty Postgres server; Debian's pg_virtualenv makes one and takes it away. */
function withPostgres(script: string): { code: number | null; out: string } {
  const file = join(secrets, "run.sh");
  writeFileSync(
    file,
    `set -euo pipefail\nprintf 'postgres://%s:%s@%s:%s/postgres' "$PGUSER" "$PGPASSWORD" "$PGHOST" "$PGPORT" > ${secrets}/admin-url\n${script}`,
  );
  const { status, stdout, stderr } = spawnSync("pg_virtualenv", ["bash", file], { encoding: "utf8" });
  return { code: status, out: `${stdout}${stderr}` };
}

const roles = (connections: number): string =>
  databaseRolesScript(
    [
      { service: "api", role: "promptops_api", database: "promptops_api", connections },
      { service: "worker", role: "promptops_worker", database: "promptops_worker", connections: 2 },
    ],
    secrets,
  );
const asScript = (name: string, text: string): string =>
  `cat > ${secrets}/${name} <<'SCRIPT'\n${text}\nSCRIPT\nbash ${secrets}/${name}\n`;
const query = (sql: string): string => `psql "$(<${secrets}/admin-url)" -XAtc "${sql}"\n`;
const as = (role: string, password: string, database: string, sql: string): string =>
  `PGUSER=${role} PGPASSWORD=$(cat ${password}) PGDATABASE=${database} psql -XAtc "${sql}" 2>&1 || true\n`;

describe("the job that makes databases and roles, on a real server", () => {
  test("gives each service a role with its password and limit, and a database that only it may enter", () => {
    const { code, out } = withPostgres(
      asScript("one", roles(7)) +
        query("SELECT rolname, rolconnlimit, rolsuper FROM pg_roles WHERE rolname LIKE 'promptops%' ORDER BY 1") +
        as("promptops_api", `${secrets}/api`, "promptops_api", "CREATE TABLE t (); SELECT 'entered', current_user") +
        as("promptops_api", `${secrets}/api`, "promptops_worker", "SELECT 1") +
        as("promptops_api", `${secrets}/worker`, "promptops_api", "SELECT 1"),
    );
    expect(code, out).toBe(0);
    expect(out).toContain("promptops_api|7|f\npromptops_worker|2|f");
    expect(out).toContain("entered|promptops_api");
    expect(out).toMatch(/permission denied for database "promptops_worker"/);
    expect(out).toMatch(/password authentication failed for user "promptops_api"/);
  });

  test("may run again: data stays, and a new limit and password hold", () => {
    const { code, out } = withPostgres(
      asScript("one", roles(7)) +
        as("promptops_api", `${secrets}/api`, "promptops_api", "CREATE TABLE kept (); SELECT 'made'") +
        `printf changed > ${secrets}/api\n` +
        asScript("two", roles(9)) +
        query("SELECT rolconnlimit FROM pg_roles WHERE rolname = 'promptops_api'") +
        as("promptops_api", `${secrets}/api`, "promptops_api", "SELECT 'kept', count(*) FROM kept"),
    );
    expect(code, out).toBe(0);
    expect(out).toContain("\n9\n");
    expect(out).toContain("kept|0");
  });

  test("stops at the first thing that goes wrong", () => {
    const { code, out } = withPostgres(`rm ${secrets}/worker\n${asScript("one", roles(7))}`);
    expect(code).not.toBe(0);
    expect(out).toContain("worker holds no password for role promptops_worker");
  });

  test("shows no password, neither on its output nor among the arguments of what it runs", () => {
    const { out } = withPostgres(asScript("one", roles(7)));
    expect(out).not.toContain(PASSWORD);
    expect(roles(7)).not.toContain(PASSWORD);
  });
});
