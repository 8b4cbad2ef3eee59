import { type ChildProcess, spawn } from "node:child_process";
import { generateKeyPairSync } from "node:crypto";
import { existsSync, mkdtempSync, readFileSync, rmSync, writeFileSync } from "node:fs";
import { createServer } from "node:net";
import { tmpdir } from "node:os";
import { join } from "node:path";
import type { ServiceAccountName } from "../../platform/names.ts";
import { ensureBinaries } from "./binaries.ts";
import { Client, eventually } from "./client.ts";

const TOKEN = "test-administrator";
/** A node whose label says so has lost its kubelet: nobody answers for it any more. */
export const KUBELET_LABEL = "test.promptops.io/kubelet";

export interface ControlPlane {
  readonly client: Client;
  /** Holds the keys and the data. A test may put files into it: it is removed when the control plane ends. */
  readonly folder: string;
  readonly kubeconfig: string;
  /** The API server's own certificate and key: what else has to answer over TLS here borrows them. */
  readonly tls: { readonly cert: Buffer; readonly key: Buffer };
  /** Runs another controller beside it, until the control plane ends. */
  readonly run: (program: string, ...args: string[]) => void;
  /** The same with the rights of a ServiceAccount alone. */
  readonly runAs: (account: ServiceAccountName, program: string, ...args: string[]) => Promise<void>;
  readonly stop: () => Promise<void>;
}

export interface ControlPlaneOptions {
  /** Calls a second that controllers and scheduler may make. @default - their own limits, 20 and 50 */
  readonly callsPerSecond?: number;
  /** Runs controllers and kubelets too. Without them objects are stored and pods are bound, and nothing else happens. @default true */
  readonly controllers?: boolean;
  /** Where it runs, with nodes of its own. @default - on this machine's loopback addresses, with KWOK for the nodes */
  readonly host?: ControlPlaneHost;
}

/** A network that a control plane runs in, instead of this machine's. */
export interface ControlPlaneHost {
  /** The address and port of the API server for this process. The control plane's own programs use the loopback address. */
  readonly address: string;
  readonly port: number;
  /** The command that runs a command in that network. */
  readonly enter: (command: readonly string[]) => readonly string[];
  /** Who may call the API server besides the administrator: lines of a token file. */
  readonly tokens: readonly string[];
  /** Flags after those of every control plane, which replace them. */
  readonly flags: (folder: string) => {
    readonly apiServer: readonly string[];
    readonly controllers: readonly string[];
  };
}

/**
 * A real control plane on free ports of this machine: etcd, API server, controllers, scheduler, and KWOK, which plays the
 * nodes' kubelets. Without containers, and without anything left behind, whatever becomes of this process.
 */
export async function startControlPlane({
  callsPerSecond,
  controllers: withControllers = true,
  host: ownHost,
}: ControlPlaneOptions = {}): Promise<ControlPlane> {
  const rate = rateFlags(callsPerSecond);
  const programs = await ensureBinaries();
  const folder = mkdtempSync(join(tmpdir(), "promptops-control-plane-"));
  const [etcd, peer, api, controllers, scheduler] = await freePorts(5);
  const host = ownHost ?? thisMachine(api);
  const flags = host.flags(folder);
  const children: ChildProcess[] = [];
  const run = (program: string, ...args: readonly string[]): void =>
    void children.push(supervised(host.enter([program, ...args]), folder));
  const start = (name: string, ...args: readonly string[]): void => run(join(programs, name), ...args);
  const stop = async (): Promise<void> => {
    await Promise.all(children.map(end));
    rmSync(folder, { recursive: true, force: true });
  };
  try {
    writeKeys(folder, host.tokens);
    start("etcd", `--data-dir=${folder}/etcd`, "--unsafe-no-fsync", ...etcdAddresses(etcd, peer));
    start("kube-apiserver", ...apiServerFlags(folder, host.port, etcd), ...flags.apiServer);
    const client = await connect(folder, host);
    const kubeconfig = writeKubeconfig(folder, host.port);
    start("kube-scheduler", ...controllerFlags(kubeconfig, scheduler), ...rate);
    if (withControllers) {
      const own = [`--service-account-private-key-file=${folder}/sa.key`, "--use-service-account-credentials=false"];
      start(
        "kube-controller-manager",
        ...controllerFlags(kubeconfig, controllers),
        ...own,
        ...rate,
        ...flags.controllers,
      );
    }
    if (withControllers && !ownHost) start("kwok", ...kwokFlags(kubeconfig));
    const runController = (program: string, ...args: string[]): void =>
      run(program, `--kubeconfig=${kubeconfig}`, ...args);
    const runAs: ControlPlane["runAs"] = async ({ namespace, name }, program, ...args) => {
      const path = `/api/v1/namespaces/${namespace}/serviceaccounts/${name}/token`;
      const { body } = await client.call(path, { method: "POST", body: { spec: {} } });
      const { token } = body["status"] as { token: string };
      run(
        program,
        `--kubeconfig=${writeKubeconfig(folder, host.port, { name: `kubeconfig-${name}`, token })}`,
        ...args,
      );
    };
    return { client, folder, kubeconfig, tls: certificateOf(folder), run: runController, runAs, stop };
  } catch (error) {
    const said = logOf(folder);
    await stop();
    throw new Error(`The control plane did not start.\n${said}`, { cause: error });
  }
}

const thisMachine = (port: number): ControlPlaneHost => ({
  address: "127.0.0.1",
  port,
  enter: (command) => command,
  tokens: [],
  flags: () => ({ apiServer: [], controllers: [] }),
});

const rateFlags = (callsPerSecond: number | undefined): string[] =>
  callsPerSecond === undefined ? [] : [`--kube-api-qps=${callsPerSecond}`, `--kube-api-burst=${callsPerSecond}`];

const controllerFlags = (kubeconfig: string, port: number): string[] => [
  `--kubeconfig=${kubeconfig}`,
  "--bind-address=127.0.0.1",
  `--secure-port=${port}`,
  "--leader-elect=false",
];

const kwokFlags = (kubeconfig: string): string[] => [
  `--kubeconfig=${kubeconfig}`,
  `--manage-nodes-with-label-selector=${KUBELET_LABEL}!=lost`,
  // As kubelet's own: without leases to renew, every node would be taken for lost after a minute.
  "--node-lease-duration-seconds=40",
];

/**
 * Runs a program under a shell that reads from us: when we are gone, however, its standard input ends, and it ends the
 * program and removes the folder.
 */
function supervised(command: readonly string[], folder: string): ChildProcess {
  const script =
    '"$@" >>"$FOLDER/log" 2>&1 </dev/null & child=$!; cat >/dev/null; kill -9 $child 2>/dev/null; wait $child 2>/dev/null; rm -rf "$FOLDER"';
  return spawn("bash", ["-c", script, "supervisor", ...command], {
    // Ctrl-C goes to the whole group of the terminal: the supervisors must outlive it to clean up.
    detached: true,
    // Trades memory for CPU: garbage collection took 23 % of the API server's time.
    env: { ...process.env, FOLDER: folder, GOGC: "400" },
    stdio: ["pipe", "ignore", "ignore"],
  });
}

function end(child: ChildProcess): Promise<void> {
  return new Promise((resolve) => {
    if (child.exitCode !== null) {
      resolve();
      return;
    }
    child.on("exit", () => resolve());
    child.stdin?.end();
  });
}

function freePorts(count: number): Promise<[number, number, number, number, number]> {
  const ports = Array.from({ length: count }, freePort);
  return Promise.all(ports) as Promise<[number, number, number, number, number]>;
}

function freePort(): Promise<number> {
  return new Promise((resolve, reject) => {
    const server = createServer();
    server.on("error", reject);
    server.listen(0, "127.0.0.1", () => {
      const address = server.address();
      server.close(() => resolve(typeof address === "object" && address ? address.port : 0));
    });
  });
}

function writeKeys(folder: string, tokens: readonly string[]): void {
  const { privateKey } = generateKeyPairSync("rsa", { modulusLength: 2048 });
  writeFileSync(join(folder, "sa.key"), privateKey.export({ type: "pkcs1", format: "pem" }));
  const lines = [`${TOKEN},administrator,administrator,"system:masters"`, ...tokens];
  writeFileSync(join(folder, "tokens.csv"), `${lines.join("\n")}\n`);
}

const etcdAddresses = (client: number, peer: number): string[] => [
  `--listen-client-urls=http://127.0.0.1:${client}`,
  `--advertise-client-urls=http://127.0.0.1:${client}`,
  `--listen-peer-urls=http://127.0.0.1:${peer}`,
  `--initial-advertise-peer-urls=http://127.0.0.1:${peer}`,
  `--initial-cluster=default=http://127.0.0.1:${peer}`,
];

const apiServerFlags = (folder: string, port: number, etcd: number): string[] => [
  `--etcd-servers=http://127.0.0.1:${etcd}`,
  "--bind-address=127.0.0.1",
  `--secure-port=${port}`,
  `--cert-dir=${folder}/certificates`,
  "--service-account-issuer=https://kubernetes.default.svc",
  `--service-account-key-file=${folder}/sa.key`,
  `--service-account-signing-key-file=${folder}/sa.key`,
  "--service-cluster-ip-range=172.20.0.0/16",
  `--token-auth-file=${folder}/tokens.csv`,
  "--authorization-mode=RBAC",
  // As every cloud has it: what is privileged is Pod Security's to refuse.
  "--allow-privileged=true",
];

const certificateOf = (folder: string): ControlPlane["tls"] => ({
  cert: readFileSync(join(folder, "certificates", "apiserver.crt")),
  key: readFileSync(join(folder, "certificates", "apiserver.key")),
});

const logOf = (folder: string): string =>
  existsSync(join(folder, "log")) ? readFileSync(join(folder, "log"), "utf8").slice(-3000) : "";

async function connect(folder: string, { address, port }: ControlPlaneHost): Promise<Client> {
  const certificate = await eventually("the API server's certificate", () => {
    const path = join(folder, "certificates", "apiserver.crt");
    return Promise.resolve(existsSync(path) ? readFileSync(path) : undefined);
  });
  const client = new Client(`https://${address}:${port}`, TOKEN, certificate);
  await eventually("the API server to be ready", async () =>
    (await client.call("/readyz")).status === 200 ? true : undefined,
  );
  return client;
}

function writeKubeconfig(folder: string, port: number, { name = "kubeconfig", token = TOKEN } = {}): string {
  const path = join(folder, name);
  const config = {
    apiVersion: "v1",
    kind: "Config",
    "current-context": "test",
    clusters: [{ name: "test", cluster: { server: `https://127.0.0.1:${port}`, "insecure-skip-tls-verify": true } }],
    users: [{ name: "test", user: { token } }],
    contexts: [{ name: "test", context: { cluster: "test", user: "test" } }],
  };
  writeFileSync(path, JSON.stringify(config));
  return path;
}
