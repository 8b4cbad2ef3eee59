import { Resolver } from "node:dns/promises";
import { connect } from "node:net";
import { EgressProxy } from "../../../services/egress-proxy/proxy.ts";
import { createLog } from "../../../services/shared/runtime/log.ts";

/**
 * The egress proxy in a process of its own, which asks the DNS server on one port of this machine. Public addresses lead nowhere from
 * here: what it dials arrives at another port of this machine. Says on which port it listens.
 */
const [port = "", dnsPort = "", originPort = ""] = process.argv.slice(2);
const resolver = new Resolver({ timeout: 2_000, tries: 1 });
resolver.setServers([`127.0.0.1:${dnsPort}`]);
const proxy = new EgressProxy({
  ...{ ports: [443], resolver, log: createLog("egress-proxy", "info") },
  onResult: () => undefined,
  onOpen: () => undefined,
  otherwise: (_, response) => response.writeHead(404).end(),
  dial: () => connect({ host: "127.0.0.1", port: Number(originPort), allowHalfOpen: true }),
});
process.stdout.write(`port ${await proxy.listen(Number(port), "127.0.0.1")}\n`);
// It ends with whoever started it.
process.stdin.on("end", () => process.exit()).resume();
