import { execFileSync } from "node:child_process";
import { mkdtempSync, rmSync, writeFileSync } from "node:fs";
import { get } from "node:https";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { text } from "node:stream/consumers";
import type { IncomingMessage } from "node:http";
import { connect as connectTls } from "node:tls";
import { bundlePrograms } from "../../../local/programs.ts";
import { startService } from "../../../local/service-process.ts";
import { EgressError } from "../../../services/shared/egress/egress-error.ts";
import { egressFetch } from "../../../services/shared/egress/fetch.ts";
import { openTunnel } from "../../../services/shared/egress/tunnel.ts";
import { startDnsServer } from "../../services/egress/dns-server.ts";
import { CERTIFICATE, startTlsOrigin } from "../../services/egress/tls-origin.ts";

/**
 * Runs in network and mount namespaces of its own, where 93.184.215.14 is an address of this machine: an internet of one host, with DNS
 * that answers `other.example` with a public address once, and with 127.0.0.1 after that. Prints what came of each request as JSON.
 */
const PUBLIC = "93.184.215.14";

execFileSync("ip", ["link", "set", "lo", "up"]);
execFileSync("ip", ["address", "add", `${PUBLIC}/32`, "dev", "lo"]);
const resolvConf = join(mkdtempSync(join(tmpdir(), "promptops-dns-")), "resolv.conf");
writeFileSync(resolvConf, "nameserver 127.0.0.1\nsearch example\n");
execFileSync("mount", ["--bind", resolvConf, "/etc/resolv.conf"]);

const requests: string[] = [];
const listen = (address: string): Promise<unknown> =>
  startTlsOrigin(
    (request, response) => {
      requests.push(`${address} ${request.headers.host ?? ""}`);
      response.end("hello");
    },
    { address, port: 443 },
  );
await Promise.all([listen(PUBLIC), listen("127.0.0.1")]);
const dns = await startDnsServer((name, type, time) => {
  if (type === "AAAA") return [];
  if (name === "other.example") return [time === 0 ? PUBLIC : "127.0.0.1"];
  return name === "models.example" ? [PUBLIC] : undefined;
}, 53);
const programs = mkdtempSync(join(tmpdir(), "promptops-programs-"));
await bundlePrograms(programs, ["egress-proxy"]);
const proxy = await startService({
  name: "egress-proxy",
  programs,
  env: { PROMPTOPS_ENVIRONMENT: "local", PROMPTOPS_PORT_HTTP: "0", PROMPTOPS_PORT_METRICS: "0" },
  onLine: () => undefined,
});
const url = `http://127.0.0.1:${proxy.ports["http"] ?? 0}`;

const reasonOf = (error: unknown): string => (error instanceof EgressError ? error.reason : String(error));

async function through(host: string): Promise<string> {
  try {
    const socket = await openTunnel(url, { host, port: 443 }, new AbortController().signal);
    const tls = connectTls({ socket, servername: host, ca: CERTIFICATE });
    const answer = await new Promise<IncomingMessage>((resolve, reject) => {
      get(`https://${host}/`, { createConnection: () => tls, defaultPort: 443 }, resolve).on("error", reject);
    });
    return await text(answer);
  } catch (error) {
    return reasonOf(error);
  }
}

const direct = egressFetch({ proxy: undefined });
const directly = (host: string): Promise<string> =>
  direct(`https://${host}/`).then((response) => response.text(), reasonOf);

const results = {
  proxied: await through("models.example"),
  // A search domain would make a public host of it.
  relative: await through("models"),
  rebinding: [await through("other.example"), await through("other.example")],
  direct: await directly("models.example"),
  directAfterRebinding: await directly("other.example"),
  byAddress: await through("127.0.0.1"),
  requests,
};
process.stdout.write(`${JSON.stringify(results)}\n`);
await proxy.stop();
await dns.stop();
rmSync(programs, { recursive: true });
process.exit();
