import { type ChildProcess, spawn } from "node:child_process";
import { generateKeyPairSync } from "node:crypto";
import { existsSync, mkdtempSync, readFileSync, rmSync, writeFileSync } from "node:fs";
import { createServer } from "node:net";
import { tmpdir } from "node:os";
import { join } from "node:path";
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
  readonly stop: () => Promise<void>;
}

export interface ControlPlaneOptions {
  /** Calls a second that controllers and scheduler may make. @default - their own limits, 20 and 50 */
  readonly callsPerSecond?: number;
  /** Runs controllers and kubelets too. Without them objects are stored and pods are bound, and nothing else happens. @default true */
  readonly controllers?: boolean;
}

/**
 * A real control plane on free ports of this machine: etcd, API server, controllers, scheduler, and KWOK, which plays the
 * nodes' kubelets. Without containers, and without anything left behind, whatever becomes of this process.
 */
export async function startControlPlane({
  callsPerSecond,
  controllers: withControllers = true,
}: ControlPlaneOptions = {}): Promise<ControlPlane> {
  const rate =
    callsPerSecond === undefined ? [] : [`--kube-api-qps=${callsPerSecond}`, `--kube-api-burst=${callsPerSecond}`];
  const programs = await ensureBinaries();
  const folder = mkdtempSync(join(tmpdir(), "promptops-control-plane-"));
  const [etcd, peer, api, controllers, scheduler] = await freePorts(5);
  const children: ChildProcess[] = [];
  const start = (name: string, ...args: string[]): void =>
    void children.push(supervised(join(programs, name), args, folder));
  const stop = async (): Promise<void> => {
    await Promise.all(children.map(end));
    rmSync(folder, { recursive: true, force: true });
  };
  try {
    writeKeys(folder);
    start("etcd", `--data-dir=${folder}/etcd`, "--unsafe-no-fsync", ...etcdAddresses(etcd, peer));
    start("kube-apiserver", ...apiServerFlags(folder, api, etcd));
    const client = await connect(folder, api);
    const kubeconfig = writeKubeconfig(folder, api);
    start(
      "kube-scheduler",
      `--kubeconfig=${kubeconfig}`,
      "--bind-address=127.0.0.1",
      `--secure-port=${scheduler}`,
      "--leader-elect=false",
      ...rate,
    );
    if (withControllers) {
      start(
        "kube-controller-manager",
        `--kubeconfig=${kubeconfig}`,
        "--bind-address=127.0.0.1",
        `--secure-port=${controllers}`,
        `--service-account-private-key-file=${folder}/sa.key`,
        "--use-service-account-credentials=false",
        "--leader-elect=false",
        ...rate,
      );
      start(
        "kwok",
        `--kubeconfig=${kubeconfig}`,
        `--manage-nodes-with-label-selector=${KUBELET_LABEL}!=lost`,
        // As kubelet's own: without leases to renew, every node would be taken for lost after a minute.
        "--node-lease-duration-seconds=40",
      );
    }
    const [cert, key] = ["crt", "key"].map((end) => readFileSync(join(folder, "certificates", `apiserver.${end}`)));
    if (!cert || !key) throw new Error("The API server made no certificate.");
    const run = (program: string, ...args: string[]): void =>
      void children.push(supervised(program, [`--kubeconfig=${kubeconfig}`, ...args], folder));
    return { client, folder, kubeconfig, tls: { cert, key }, run, stop };
  } catch (error) {
    const said = existsSync(join(folder, "log")) ? readFileSync(join(folder, "log"), "utf8").slice(-3000) : "";
    await stop();
    throw new Error(`The control plane did not start.\n${said}`, { cause: error });
  }
}

/**
 * Runs a program under a shell that reads from us: when we are gone, however, its standard input ends, and it ends the
 * program and removes the folder.
 */
function supervised(program: string, args: readonly string[], folder: string): ChildProcess {
  const script =
    '"$@" >>"$FOLDER/log" 2>&1 </dev/null & child=$!; cat >/dev/null; kill -9 $child 2>/dev/null; wait $child 2>/dev/null; rm -rf "$FOLDER"';
  return spawn("bash", ["-c", script, "supervisor", program, ...args], {
    // Ctrl-C goes to the whole group of the terminal: the supervisors must outlive it to clean up.
    detached: true,
    env: { ...process.env, FOLDER: folder },
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

function writeKeys(folder: string): void {
  const { privateKey } = generateKeyPairSync("rsa", { modulusLength: 2048 });
  writeFileSync(join(folder, "sa.key"), privateKey.export({ type: "pkcs1", format: "pem" }));
  writeFileSync(join(folder, "tokens.csv"), `${TOKEN},administrator,administrator,"system:masters"\n`);
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

async function connect(folder: string, port: number): Promise<Client> {
  const certificate = await eventually("the API server's certificate", () => {
    const path = join(folder, "certificates", "apiserver.crt");
    return Promise.resolve(existsSync(path) ? readFileSync(path) : undefined);
  });
  const client = new Client(`https://127.0.0.1:${port}`, TOKEN, certificate);
  await eventually("the API server to be ready", async () =>
    (await client.call("/readyz")).status === 200 ? true : undefined,
  );
  return client;
}

function writeKubeconfig(folder: string, port: number): string {
  const path = join(folder, "kubeconfig");
  const config = {
    apiVersion: "v1",
    kind: "Config",
    "current-context": "test",
    clusters: [{ name: "test", cluster: { server: `https://127.0.0.1:${port}`, "insecure-skip-tls-verify": true } }],
    users: [{ name: "test", user: { token: TOKEN } }],
    contexts: [{ name: "test", context: { cluster: "test", user: "test" } }],
  };
  writeFileSync(path, JSON.stringify(config));
  return path;
}
