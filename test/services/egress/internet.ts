import { type ChildProcess, spawn } from "node:child_process";
import { once } from "node:events";
import { mkdtempSync, rmSync, writeFileSync } from "node:fs";
import type { IncomingHttpHeaders, RequestListener } from "node:http";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { createInterface } from "node:readline";
import type { FastifyInstance } from "fastify";
import { createSimulator, type SimulatorOptions } from "../../../services/model-simulator/simulator.ts";
import { startDnsServer, type Zone } from "./dns-server.ts";
import { CERTIFICATE, startTlsOrigin } from "./tls-origin.ts";

const PROXY = join(import.meta.dirname, "proxy-process.ts");

/** Variables of services' processes, which have those of the test's own. */
const VARIABLES = ["NODE_EXTRA_CA_CERTS", "PROMPTOPS_EGRESS_PROXY"] as const;

/** An internet with one HTTPS server, and the egress proxy on the way to it. */
export interface Way {
  /** What the proxy has said. */
  readonly lines: string[];
  /** Ends the proxy without a word. */
  killProxy(): Promise<void>;
  /** Starts it again, on the same port. */
  restartProxy(): Promise<void>;
  stop(): Promise<void>;
}

/** An internet whose server answers as a model does. */
export interface Internet extends Way {
  readonly simulator: FastifyInstance;
  /** Headers of the requests that the server got. */
  readonly requests: { readonly host: string; readonly headers: IncomingHttpHeaders; readonly url: string }[];
}

/** Starts it. Services that start afterwards trust its server, and know the proxy. */
export async function startInternet(zone: Zone, options: SimulatorOptions = {}): Promise<Internet> {
  const simulator = createSimulator({ firstTokenMilliseconds: 5, tokenMilliseconds: 1, ...options });
  await simulator.ready();
  const requests: Internet["requests"] = [];
  const listener: RequestListener = (request, response) => {
    requests.push({ host: request.headers.host ?? "", headers: request.headers, url: request.url ?? "" });
    simulator.routing(request, response);
  };
  const way = await startWay(zone, listener);
  return {
    ...{ ...way, simulator, requests },
    stop: async () => {
      await way.stop();
      await simulator.close();
    },
  };
}

/** Starts an internet with a server of the test's own. Services that start afterwards trust it, and know the proxy. */
export async function startWay(zone: Zone, listener: RequestListener): Promise<Way> {
  const [origin, dns] = await Promise.all([startTlsOrigin(listener), startDnsServer(zone)]);
  const [dnsServer = ""] = dns.resolver.getServers();
  const lines: string[] = [];
  const start = (port: string): Promise<{ proxy: ChildProcess; port: string }> =>
    startProxy([port, dnsServer.split(":").at(-1) ?? "", String(origin.port)], lines);
  let running = await start("0");
  const folder = mkdtempSync(join(tmpdir(), "promptops-internet-"));
  writeFileSync(join(folder, "certificate.pem"), CERTIFICATE);
  process.env["NODE_EXTRA_CA_CERTS"] = join(folder, "certificate.pem");
  process.env["PROMPTOPS_EGRESS_PROXY"] = `http://127.0.0.1:${running.port}`;
  const killProxy = async (): Promise<void> => {
    running.proxy.kill("SIGKILL");
    await once(running.proxy, "exit");
  };
  return {
    ...{ lines, killProxy },
    restartProxy: async () => {
      running = await start(running.port);
    },
    stop: async () => {
      for (const name of VARIABLES) Reflect.deleteProperty(process.env, name);
      rmSync(folder, { recursive: true });
      await killProxy();
      await Promise.all([origin.stop(), dns.stop()]);
    },
  };
}

async function startProxy(args: readonly string[], lines: string[]): Promise<{ proxy: ChildProcess; port: string }> {
  const proxy = spawn(process.execPath, ["--import", import.meta.resolve("tsx"), PROXY, ...args], {
    stdio: ["pipe", "pipe", "inherit"],
  });
  const reader = createInterface(proxy.stdout);
  reader.on("line", (line) => lines.push(line));
  const [first] = (await once(reader, "line")) as [string];
  return { proxy, port: first.replace("port ", "") };
}
