import { spawn, spawnSync } from "node:child_process";
import { existsSync, mkdirSync, mkdtempSync, readdirSync, renameSync, rmSync } from "node:fs";
import { homedir } from "node:os";
import { join } from "node:path";
import { isAlive } from "../local/is-alive.ts";

/** Programs built from Go modules into one folder of the cache. */
export interface GoPrograms {
  /** The folder's name: the programs with their versions. */
  readonly name: string;
  /** Printed before the build. */
  readonly notice: string;
  /** Puts the programs in `bin` of the folder that it is given. */
  readonly build: (work: string) => Promise<void>;
}

/** Builds programs unless the cache has them, and returns their folder. A build that fails leaves nothing behind. */
export async function ensurePrograms({ name, notice, build }: GoPrograms): Promise<string> {
  const cache = join(process.env["XDG_CACHE_HOME"] ?? join(homedir(), ".cache"), "promptops");
  const folder = join(cache, name);
  if (existsSync(folder)) return folder;
  if (spawnSync("go", ["version"]).error) {
    throw new Error(`${name} is built from Go modules, and there is no 'go' on the PATH. Install Go 1.26 or later.`);
  }
  mkdirSync(cache, { recursive: true });
  removeAbandoned(cache);
  const work = mkdtempSync(join(cache, `building-${process.pid}-`));
  try {
    say(notice);
    await build(work);
    renameSync(join(work, "bin"), folder);
  } finally {
    rmSync(work, { recursive: true, force: true });
  }
  say(`built into ${folder}`);
  return folder;
}

/** Removes the folders of builds whose process is gone. */
function removeAbandoned(cache: string): void {
  for (const name of readdirSync(cache)) {
    const [, pid] = /^building-(\d+)-/.exec(name) ?? [];
    if (pid !== undefined && !isAlive(Number(pid))) rmSync(join(cache, name), { recursive: true, force: true });
  }
}

export const say = (what: string): void => void process.stderr.write(`go programs: ${what}\n`);

/** Runs `go`, without cgo and without version control stamps. */
export function go(args: readonly string[], cwd: string, environment: Readonly<Record<string, string>>): Promise<void> {
  return new Promise((resolve, reject) => {
    const env = { ...process.env, CGO_ENABLED: "0", ...environment };
    const child = spawn("go", args, { cwd, env, stdio: ["ignore", "ignore", "pipe"] });
    let errors = "";
    child.stderr.on("data", (chunk: Buffer) => (errors = `${errors}${chunk.toString()}`.slice(-4000)));
    child.on("error", reject);
    child.on("exit", (code) => {
      if (code === 0) resolve();
      else reject(new Error(`go ${args.join(" ")} failed:\n${errors}`));
    });
  });
}
