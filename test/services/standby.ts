import { execFileSync } from "node:child_process";
import { mkdirSync, rmSync, writeFileSync } from "node:fs";
import { join } from "node:path";
import { Client } from "pg";
import { type EmbeddedPostgres, startEmbeddedPostgres } from "../../local/embedded-postgres.ts";

/**
 * A hot standby of a server on this machine, which streams all that the server writes. Its data is a base backup, by the functions that
 * pg_basebackup calls. `of` is the server's folder, `folder` a new one.
 */
export async function startStandby(
  server: EmbeddedPostgres,
  { of, folder }: { readonly of: string; readonly folder: string },
): Promise<EmbeddedPostgres> {
  const data = join(folder, "data");
  mkdirSync(folder, { recursive: true, mode: 0o711 });
  const client = new Client({ connectionString: server.url() });
  await client.connect();
  try {
    await client.query("SELECT pg_backup_start('standby', fast => true)");
    execFileSync("cp", ["--archive", join(of, "data"), join(of, "superuser-password"), folder]);
    const { rows } = await client.query<{ labelfile: string }>(
      "SELECT * FROM pg_backup_stop(wait_for_archive => false)",
    );
    writeFileSync(join(data, "backup_label"), rows[0]?.labelfile ?? "");
  } finally {
    await client.end();
  }
  rmSync(join(data, "postmaster.pid"), { force: true });
  writeFileSync(join(data, "standby.signal"), "");
  writeFileSync(join(data, "postgresql.auto.conf"), `primary_conninfo = '${server.url()}'\n`);
  execFileSync("chown", ["--recursive", `--reference=${join(of, "data")}`, data]);
  return startEmbeddedPostgres({ folder, durable: false });
}
