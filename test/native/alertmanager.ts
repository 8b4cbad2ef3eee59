import { type ChildProcess, execFileSync, spawn } from "node:child_process";
import { once } from "node:events";
import { cpSync, mkdirSync, mkdtempSync, rmSync, writeFileSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { freePort } from "../../local/ports.ts";
import { ensurePrograms, go } from "../../tools/go-programs.ts";
import { downloaded, flags } from "../cluster/go-modules.ts";
import { until } from "../services/stack.ts";

/** As the recorded chart has it. */
export const VERSION = "v0.34.0";
const MODULE = "github.com/prometheus/alertmanager";

/**
 * The folder of `alertmanager` and `amtool`, built from the Go module on first use. The module lacks the pages that its release
 * builds with npm; an empty page takes their place.
 */
export const ensureAlertmanager = (): Promise<string> =>
  ensurePrograms({
    name: `alertmanager-${VERSION}`,
    notice: `building Alertmanager ${VERSION}; this happens once, about two minutes on two cores`,
    build: async (work) => {
      const source = join(work, "source");
      cpSync(downloaded(`${MODULE}@${VERSION}`).Dir, source, { recursive: true });
      execFileSync("chmod", ["-R", "u+w", source]);
      const pages = join(source, "ui/app/dist");
      mkdirSync(pages, { recursive: true });
      writeFileSync(join(pages, "index.html"), "<!doctype html>");
      mkdirSync(join(work, "bin"));
      for (const name of ["alertmanager", "amtool"]) {
        const build = ["build", "-ldflags", "-s -w", "-o", join(work, "bin", name), `./cmd/${name}`];
        await go(build, source, flags("-mod=mod"));
      }
    },
  });

/** An alert as Prometheus sends it. */
export interface SentAlert {
  readonly labels: Readonly<Record<string, string>>;
  readonly annotations?: Readonly<Record<string, string>>;
}

/** An alert as Alertmanager shows it. */
export interface ShownAlert {
  readonly labels: Readonly<Record<string, string>>;
  readonly status: { readonly state: "active" | "suppressed" | "unprocessed"; readonly inhibitedBy: readonly string[] };
}

export interface Alertmanager {
  readonly send: (...alerts: readonly SentAlert[]) => Promise<void>;
  readonly alerts: () => Promise<ShownAlert[]>;
  readonly stop: () => Promise<void>;
}

/** Starts Alertmanager on a configuration, on a port and a folder of its own. */
export async function startAlertmanager(programs: string, configuration: string): Promise<Alertmanager> {
  const folder = mkdtempSync(join(tmpdir(), "promptops-alertmanager-"));
  const file = join(folder, "alertmanager.yaml");
  writeFileSync(file, configuration);
  const address = `127.0.0.1:${await freePort()}`;
  const child = spawn(
    join(programs, "alertmanager"),
    [
      ...[`--config.file=${file}`, `--storage.path=${join(folder, "data")}`],
      ...[`--web.listen-address=${address}`, "--cluster.listen-address="],
    ],
    { stdio: ["ignore", "ignore", "pipe"] },
  );
  const log = logOf(child);
  const call = async (path: string, init?: RequestInit): Promise<Response> => {
    const answer = await fetch(`http://${address}${path}`, init);
    if (!answer.ok) throw new Error(`${path}: ${answer.status} ${await answer.text()}`);
    return answer;
  };
  const ready = async (): Promise<true | undefined> => {
    if (child.exitCode !== null) throw new Error(`Alertmanager ended:\n${log()}`);
    return call("/-/ready").then(
      () => true as const,
      () => undefined,
    );
  };
  await until("Alertmanager to be ready", ready);
  return {
    send: async (...alerts) => {
      const headers = { "content-type": "application/json" };
      await call("/api/v2/alerts", { method: "POST", headers, body: JSON.stringify(alerts) });
    },
    alerts: async () => (await (await call("/api/v2/alerts")).json()) as ShownAlert[],
    stop: async () => {
      child.kill();
      if (child.exitCode === null) await once(child, "exit");
      rmSync(folder, { recursive: true });
    },
  };
}

function logOf(child: ChildProcess): () => string {
  let text = "";
  child.stderr?.on("data", (chunk: Buffer) => (text = `${text}${chunk.toString()}`.slice(-4000)));
  return () => text;
}
