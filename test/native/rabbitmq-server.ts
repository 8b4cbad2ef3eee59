import { type ChildProcess, execFileSync, spawn, spawnSync } from "node:child_process";
import { once } from "node:events";
import { mkdirSync, mkdtempSync, rmSync, writeFileSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { Connection } from "rabbitmq-client";
import { freePort } from "../../local/ports.ts";
import { until } from "../services/stack.ts";

/** Debian's programs, without the wrappers that change to another user. */
const PROGRAMS = "/usr/lib/rabbitmq/bin";
/** Sees everything; the definitions under test have no such user. */
const ADMINISTRATOR = { name: "administrator", password: "of-the-test" };

/** Debian's rabbitmq-server, which loads definitions when it starts, on ports and a folder of its own. */
export interface RabbitmqServer {
  readonly urlOf: (user: string, password: string) => string;
  /** As the administrator; it comes back by itself. */
  readonly admin: Connection;
  /** What the exporter answers. */
  readonly metrics: () => Promise<string>;
  /** Runs rabbitmqctl, and returns what it prints. */
  readonly control: (...args: string[]) => string;
  readonly kill: () => Promise<void>;
  readonly start: () => Promise<void>;
  /** Lets it answer nothing, with every connection open. */
  readonly freeze: () => void;
  readonly thaw: () => void;
  /** Stops it for good. */
  readonly close: () => Promise<void>;
}

/** Definitions as JSON, with the passwords in their places. Settings are lines of rabbitmq.conf. */
export async function startRabbitmqServer(definitions: string, settings: readonly string[]): Promise<RabbitmqServer> {
  const folder = mkdtempSync(join(tmpdir(), "promptops-rabbitmq-"));
  const [port, distribution, epmd, exporter] = await Promise.all([freePort(), freePort(), freePort(), freePort()]);
  const at = (name: string): string => join(folder, name);
  const loaded = at("definitions.json");
  writeFileSync(loaded, JSON.stringify(withAdministrator(definitions)));
  writeFileSync(
    at("rabbitmq.conf"),
    [
      ...settings.map((line) => line.replace(/^(load_definitions = ).*/, `$1${loaded}`)),
      ...[`listeners.tcp.local = 127.0.0.1:${port}`, "loopback_users = none"],
      ...[`prometheus.tcp.ip = 127.0.0.1`, `prometheus.tcp.port = ${exporter}`],
      "log.console.level = warning",
    ].join("\n"),
  );
  writeFileSync(at("plugins"), "[rabbitmq_prometheus,rabbitmq_shovel].");
  mkdirSync(at("data"));
  const env = {
    ...{ PATH: process.env["PATH"], HOME: folder, LANG: "C.UTF-8", ERL_EPMD_PORT: String(epmd) },
    ...{
      ERL_EPMD_ADDRESS: "127.0.0.1",
      RABBITMQ_NODENAME: `test-${port}@localhost`,
      RABBITMQ_DIST_PORT: String(distribution),
    },
    ...{ RABBITMQ_CONFIG_FILE: at("rabbitmq.conf"), RABBITMQ_MNESIA_BASE: at("data"), RABBITMQ_LOG_BASE: at("data") },
    ...{ RABBITMQ_ENABLED_PLUGINS_FILE: at("plugins"), RABBITMQ_LOGS: "-", RABBITMQ_PID_FILE: at("pid") },
  };
  const urlOf = (user: string, password: string): string => `amqp://${user}:${password}@127.0.0.1:${port}`;
  const admin = new Connection({
    ...{
      url: urlOf(ADMINISTRATOR.name, ADMINISTRATOR.password),
      retryLow: 100,
      retryHigh: 500,
      acquireTimeout: 60_000,
    },
  });
  admin.on("error", () => undefined);
  let server: ChildProcess;
  const signal = (name: NodeJS.Signals): void => void process.kill(-(server.pid ?? 0), name);
  const start = async (): Promise<void> => {
    // A group of its own: the server is several processes.
    server = spawn(join(PROGRAMS, "rabbitmq-server"), [], { stdio: ["ignore", "pipe", "pipe"], env, detached: true });
    let said = "";
    for (const stream of [server.stdout, server.stderr])
      stream?.on("data", (data: Buffer) => (said += data.toString()));
    const ended = once(server, "exit").then(([code]) => {
      throw new Error(
        `rabbitmq-server ended with ${String(code)}. Install Debian's package rabbitmq-server. It said:\n${said}`,
      );
    });
    ended.catch(() => undefined);
    const answers = (): Promise<object | undefined> =>
      admin.queueDeclare({ queue: "usage", passive: true }).catch(() => undefined);
    await Promise.race([ended, until("RabbitMQ to answer", answers, 180)]);
  };
  const kill = async (): Promise<void> => {
    if (server.exitCode !== null || server.signalCode !== null) return;
    const ended = once(server, "exit");
    signal("SIGKILL");
    await ended;
  };
  await start();
  return {
    ...{ urlOf, admin, start, kill },
    metrics: async () => (await fetch(`http://127.0.0.1:${exporter}/metrics`)).text(),
    control: (...args) => execFileSync(join(PROGRAMS, "rabbitmqctl"), ["--quiet", ...args], { env, encoding: "utf8" }),
    freeze: () => {
      signal("SIGSTOP");
    },
    thaw: () => {
      signal("SIGCONT");
    },
    close: async () => {
      await admin.close();
      await kill();
      await until("epmd to end", () => Promise.resolve(endEpmd(epmd) || undefined));
      rmSync(folder, { recursive: true, force: true });
    },
  };
}

/** It refuses while it takes a node that was just killed for a living one. */
function endEpmd(port: number): boolean {
  const { status, stdout, stderr } = spawnSync("epmd", ["-port", String(port), "-kill"], { encoding: "utf8" });
  return status === 0 || /cannot connect/i.test(stdout + stderr);
}

function withAdministrator(definitions: string): object {
  const { users, permissions, ...others } = JSON.parse(definitions) as { users: object[]; permissions: object[] };
  return {
    ...others,
    users: [...users, { ...ADMINISTRATOR, tags: ["administrator"] }],
    permissions: [...permissions, { user: ADMINISTRATOR.name, vhost: "/", configure: ".*", write: ".*", read: ".*" }],
  };
}
