import { spawnSync } from "node:child_process";
import { chmodSync, mkdtempSync, rmSync, writeFileSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { afterEach, beforeEach, describe, expect, test } from "vitest";
import { root } from "../environments.ts";
import { planOf } from "../plans.ts";
import { databaseRolesScript } from "../../k8s/components/database-roles-script.ts";

/** Awkward on purpose: what a shell, SQL and a URL would each trip over. */
const PASSWORD = `it's "$HOME" \\ \`id\` %`;
let secrets = "";

beforeEach(() => {
  secrets = mkdtempSync(join(tmpdir(), "promptops-secrets-"));
  chmodSync(secrets, 0o755);
  writeFileSync(join(secrets, "api"), PASSWORD);
  for (const role of ["worker", "other", "api-migrator", "other-migrator"])
    writeFileSync(join(secrets, role), `of ${role}`);
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
      {
        database: "promptops_api",
        owner: "promptops_api_owner",
        migrator: { role: "promptops_api_migrator", file: "api-migrator", connections: 2 },
        users: [
          { role: "promptops_api", file: "api", connections },
          { role: "promptops_worker", file: "worker", connections: 2 },
        ],
      },
      {
        database: "promptops_other",
        owner: "promptops_other_owner",
        migrator: { role: "promptops_other_migrator", file: "other-migrator", connections: 2 },
        users: [{ role: "promptops_other", file: "other", connections: 2 }],
      },
    ],
    secrets,
  );
const asScript = (name: string, text: string): string =>
  `cat > ${secrets}/${name} <<'SCRIPT'\n${text}\nSCRIPT\nbash ${secrets}/${name}\n`;
const query = (sql: string): string => `psql "$(<${secrets}/admin-url)" -XAtc "${sql}"\n`;
const as = (role: string, password: string, database: string, sql: string): string =>
  `PGUSER=${role} PGPASSWORD=$(cat ${password}) PGDATABASE=${database} psql -XAtc "${sql}" 2>&1 || true\n`;

const asMigrator = (sql: string): string =>
  as("promptops_api_migrator", `${secrets}/api-migrator`, "promptops_api", sql);

/** The script that an environment renders, with its secrets in our folder. */
async function renderedRoles(name: string): Promise<string> {
  const { objects } = await planOf(name);
  const found = objects.find(
    ({ manifest }) => manifest.kind === "ConfigMap" && manifest.metadata.name === "database-roles",
  );
  const { data } = found?.manifest as unknown as { data: Record<string, string> };
  return (data["database-roles.sh"] ?? "").replace("secrets=/etc/promptops/secrets", `secrets=${secrets}`);
}

/** Of the first tenant's key. */
const HASH = "0123456789abcdef".repeat(4);

/** Runs a command of the API's program as a role, with the one secret that its job has. */
const runApi = (role: string, file: string, argument: string): string =>
  [
    `mkdir -p ${secrets}/of-${file}`,
    `printf 'postgres://%s:%s@%s:%s/promptops_api' ${role} "$(<${secrets}/${file})" "$PGHOST" "$PGPORT" > ${secrets}/of-${file}/database-url`,
    `PROMPTOPS_ENVIRONMENT=production PROMPTOPS_TENANT=first PROMPTOPS_KEY_SHA256=${HASH} PROMPTOPS_SECRETS=${secrets}/of-${file} \\`,
    `  ${process.execPath} --import ${import.meta.resolve("tsx")} ${join(root, "services/api/main.ts")} ${argument}`,
    "",
  ].join("\n");

describe("the rendered script, with the roles that it gives,", () => {
  test("lets the migration job migrate, and the tenant's job create a tenant that the API's role finds by its key", async () => {
    for (const file of [
      "analytics",
      "api",
      "evaluator",
      "notifications",
      "worker",
      "api-migrator",
      "api-administrator",
    ])
      writeFileSync(join(secrets, file), `of-${file}`);
    const { code, out } = withPostgres(
      asScript("rendered", await renderedRoles("production")) +
        runApi("promptops_api_migrator", "api-migrator", "migrate") +
        runApi("promptops_api_administrator", "api-administrator", "create-tenant") +
        runApi("promptops_api_administrator", "api-administrator", "create-tenant") +
        as(
          "promptops_api",
          `${secrets}/api`,
          "promptops_api",
          `SELECT set_config('promptops.key', '${HASH}', false); SELECT 'found', name FROM api_keys`,
        ) +
        as(
          "promptops_api_administrator",
          `${secrets}/api-administrator`,
          "promptops_api",
          "SELECT hash FROM api_keys",
        ) +
        as("promptops_api_administrator", `${secrets}/api-administrator`, "promptops_api", "SELECT FROM prompts"),
    );
    expect(code, out).toBe(0);
    expect(out).toMatch(/^Tenant 'first' \([-0-9a-f]{36}\) has its administrator's API key\.$/m);
    expect(out).toMatch(/^Tenant 'first' \(.*\) had an administrator's API key already\. Nothing was changed\.$/m);
    expect(out).toContain("found|administrator");
    expect(out).toContain("permission denied for table api_keys");
    expect(out).toContain("permission denied for table prompts");
  });
});

describe("the job that creates databases and roles, on a real server", () => {
  test("lets a service into its own database alone, with its password and limit", () => {
    const { code, out } = withPostgres(
      asScript("one", roles(7)) +
        query(
          "SELECT rolname, rolcanlogin, rolconnlimit, rolsuper FROM pg_roles WHERE rolname LIKE 'promptops%' ORDER BY 1",
        ) +
        as("promptops_api", `${secrets}/api`, "promptops_api", "SELECT 'entered', current_user") +
        as("promptops_api", `${secrets}/api`, "promptops_other", "SELECT 1") +
        as("promptops_api", `${secrets}/worker`, "promptops_api", "SELECT 1"),
    );
    expect(code, out).toBe(0);
    expect(out).toContain(
      [
        "promptops_api|t|7|f",
        "promptops_api_migrator|t|2|f",
        "promptops_api_owner|f|-1|f",
        "promptops_other|t|2|f",
        "promptops_other_migrator|t|2|f",
        "promptops_other_owner|f|-1|f",
        "promptops_worker|t|2|f",
      ].join("\n"),
    );
    expect(out).toContain("entered|promptops_api");
    expect(out).toMatch(/permission denied for database "promptops_other"/);
    expect(out).toMatch(/password authentication failed for user "promptops_api"/);
  });

  test("what a migrator creates belongs to the owner, and a serving role may do what it is granted and no more", () => {
    const { code, out } = withPostgres(
      asScript("one", roles(7)) +
        asMigrator("CREATE TABLE t (n int); GRANT SELECT ON t TO promptops_worker") +
        as(
          "promptops_api_migrator",
          `${secrets}/api-migrator`,
          "promptops_api",
          "SELECT 'owner', tableowner FROM pg_tables WHERE tablename = 't'",
        ) +
        as("promptops_worker", `${secrets}/worker`, "promptops_api", "SELECT 'read', count(*) FROM t") +
        as("promptops_worker", `${secrets}/worker`, "promptops_api", "INSERT INTO t VALUES (1)") +
        as("promptops_api", `${secrets}/api`, "promptops_api", "SELECT * FROM t") +
        as("promptops_api", `${secrets}/api`, "promptops_api", "CREATE TABLE mine ()"),
    );
    expect(code, out).toBe(0);
    expect(out).toContain("owner|promptops_api_owner");
    expect(out).toContain("read|0");
    expect(out.match(/permission denied for table t/g)).toHaveLength(2);
    expect(out).toContain("permission denied for schema public");
  });

  test("may run again: data stays, and a new limit and password hold", () => {
    const { code, out } = withPostgres(
      asScript("one", roles(7)) +
        asMigrator("CREATE TABLE kept (); GRANT SELECT ON kept TO promptops_api") +
        `printf changed > ${secrets}/api\n` +
        asScript("two", roles(9)) +
        query("SELECT rolconnlimit FROM pg_roles WHERE rolname = 'promptops_api'") +
        as("promptops_api", `${secrets}/api`, "promptops_api", "SELECT 'kept', count(*) FROM kept"),
    );
    expect(code, out).toBe(0);
    expect(out).toContain("\n9\n");
    expect(out).toContain("kept|0");
  });

  test("stops at the first error", () => {
    const { code, out } = withPostgres(`rm ${secrets}/worker\n${asScript("one", roles(7))}`);
    expect(code).not.toBe(0);
    expect(out).toContain("worker holds no password for role promptops_worker");
  });

  test("prints no password, and passes none as an argument", () => {
    const { out } = withPostgres(asScript("one", roles(7)));
    expect(out).not.toContain(PASSWORD);
    expect(roles(7)).not.toContain(PASSWORD);
  });
});
